// SPDX-License-Identifier: MIT
// nurt/core/move_on_after.hpp: time limits under which lateness is an answer, or an error.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "nurt/core/timeout.hpp"

namespace nurt {

namespace detail {

template <class T, class Body>
class move_on_awaitable : public timeout_awaitable<T, Body> {
public:
    using timeout_awaitable<T, Body>::timeout_awaitable;
    using answer = std::conditional_t<std::is_void_v<T>, bool, std::optional<T>>;

    answer leave() {
        if (!this->end_.error) {
            this->end(nullptr);
            if constexpr (std::is_void_v<T>) {
                return true;
            } else {
                return this->end_.take();
            }
        }
        std::exception_ptr error = this->end_.take_error();
        if (this->end(&error)) {
            return answer();
        }
        std::rethrow_exception(std::move(error));
    }
};

template <class Body>
auto make_move_on(instant when, Body body) {
    using T = typename body_result<Body, timeout_state&>::type;
    return move_on_awaitable<T, Body>(when, std::move(body));
}

}  // namespace detail

// As timeout, but lateness is no error: gives what the body gives as an optional, which is empty
// when time was up; for a body without a value, whether it ended in time. The body is stopped in
// either case. Source: trio.
//
//     const auto quick = co_await move_on_after(1s, [&]() -> coro<int> {...});
template <class Body>
[[nodiscard]] auto move_on_after(duration limit, Body&& body) {
    detail::check_body<Body>();
    return detail::make_move_on<std::decay_t<Body>>(detail::deadline_after(limit),
                                                    std::forward<Body>(body));
}
template <class Body>
[[nodiscard]] auto move_on_at(instant when, Body&& body) {
    detail::check_body<Body>();
    return detail::make_move_on<std::decay_t<Body>>(when, std::forward<Body>(body));
}

// timeout and timeout_at, under the names that belong to the two above.
template <class Body>
[[nodiscard]] auto fail_after(duration limit, Body&& body) {
    detail::check_body<Body>();
    return detail::make_timeout<std::decay_t<Body>>(detail::deadline_after(limit),
                                                    std::forward<Body>(body));
}
template <class Body>
[[nodiscard]] auto fail_at(instant when, Body&& body) {
    detail::check_body<Body>();
    return detail::make_timeout<std::decay_t<Body>>(when, std::forward<Body>(body));
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/core/as_completed.hpp: results in the order in which they arrive.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/detail/completion_queue.hpp"
#include "nurt/core/detail/to_handle.hpp"

namespace nurt {

namespace detail {
template <class Handle>
class next_completion;
}  // namespace detail

// What as_completed returns. Two ways to use it:
//
//     while (auto done = co_await all.next()) use(done->result());      // the handles themselves
//     for (auto next : all) use(co_await std::move(next));              // their results
//
// The second gives one coroutine for each task; each of them, when awaited, takes the next that
// ends, so their order does not matter. Both may be stopped and taken up again, and mixed.
template <class Handle>
class [[nodiscard]] completions {
public:
    using value_type = typename Handle::value_type;
    class iterator;

    // The task or future that ended next; nothing when all were given out. When time is up, throws
    // timeout_error once for each that has not ended.
    auto next() { return detail::next_completion<Handle>(queue_); }

    iterator begin();
    iterator end();

    // For as_completed.
    completions(const std::vector<Handle>& handles, duration limit);

private:
    detail::completion_queue_ref queue_;
};

// Starts coroutines as tasks, at once, and never cancels anybody. The limit counts from the call.
// Python: asyncio.as_completed.
template <class A>
    requires detail::gatherable<A>
auto as_completed(std::vector<A> awaitables, duration limit = duration::max());

// Implementation

namespace detail {

template <class Handle>
class next_completion final : public completion_leaf {
public:
    explicit next_completion(completion_queue_ref queue) noexcept
        : completion_leaf(std::move(queue)) {}
    std::optional<Handle> await_resume() {
        future_base* source = take();
        if (source == nullptr) {
            return std::nullopt;
        }
        source->retain();
        return Handle(static_cast<typename Handle::state_type*>(source));
    }
};

template <class Handle>
coro<typename Handle::value_type> next_result(completion_queue_ref queue) {
    using T = typename Handle::value_type;
    std::optional<Handle> done = co_await next_completion<Handle>(std::move(queue));
    if (!done) {
        throw_no_completion();
    }
    if constexpr (std::is_void_v<T> || std::is_copy_constructible_v<T>) {
        co_return co_await *done;
    } else {
        co_return co_await *std::move(done);
    }
}

}  // namespace detail

template <class Handle>
class completions<Handle>::iterator {
public:
    using value_type = coro<typename Handle::value_type>;
    using difference_type = std::ptrdiff_t;

    iterator(detail::completion_queue_ref queue, std::size_t at) noexcept
        : queue_(std::move(queue)), at_(at) {}
    value_type operator*() const { return detail::next_result<Handle>(queue_); }
    iterator& operator++() noexcept {
        ++at_;
        return *this;
    }
    void operator++(int) noexcept { ++at_; }
    bool operator==(const iterator& other) const noexcept { return at_ == other.at_; }

private:
    detail::completion_queue_ref queue_;
    std::size_t at_;
};

template <class Handle>
completions<Handle>::completions(const std::vector<Handle>& handles, duration limit)
    : queue_(handles.size(), limit) {
    for (const Handle& h : handles) {
        h.state().retain();
        queue_.add(h.state());
    }
    queue_.begin();
}

template <class Handle>
auto completions<Handle>::begin() -> iterator {
    return iterator(queue_, 0);
}
template <class Handle>
auto completions<Handle>::end() -> iterator {
    return iterator(queue_, queue_.size());
}

template <class A>
    requires detail::gatherable<A>
auto as_completed(std::vector<A> awaitables, duration limit) {
    using handle_type = std::remove_cvref_t<decltype(detail::to_handle(std::declval<A>()))>;
    std::vector<handle_type> handles;
    handles.reserve(awaitables.size());
    for (A& awaitable : awaitables) {
        handles.push_back(detail::to_handle(std::move(awaitable)));
    }
    return completions<handle_type>(handles, limit);
}

}  // namespace nurt

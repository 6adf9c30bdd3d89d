// SPDX-License-Identifier: MIT
// nurt/core/with.hpp: cleanup that may await.
//
// C++ forbids co_await in destructors and in catch blocks, so what has to await at its end takes a
// body. While a cleanup runs, new cancellations are recorded but not delivered, until it ends or
// its grace (5 s) has passed; so a second Ctrl-C cannot tear the cleanup apart.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt {

inline constexpr duration cleanup_grace = seconds(5);

// Defers the delivery of cancellations to the current task while it lives, for at most the grace.
// A timeout or task_group that begins under the shield works as ever.
class cleanup_shield final : public timer_node {
public:
    explicit cleanup_shield(duration grace = cleanup_grace);
    ~cleanup_shield();

    void expire() noexcept override;

private:
    detail::task_base* task_;
    bool expired_ = false;  // the grace is over
};

// A resource that is entered and left asynchronously has
//     coro<> aenter();                          // may be missing
//     coro<bool> aexit(std::exception_ptr);     // true: the error is dealt with
// aexit is told how the body ended (nullptr: with a value). It runs shielded, unless the type says
// `static constexpr bool aexit_waits_for_children = true`.
template <class R>
concept async_resource = requires(R& r, std::exception_ptr e) {
    { r.aexit(e) };
};

// co_await with(resource, [&](auto& r) -> coro<T> {...}): enters, runs the body, leaves in any
// case, and gives what the body gave. If aexit deals with the error, T must be void.
// Python: async with.
template <async_resource R, class Body>
[[nodiscard]] auto with(R resource, Body&& body);

// The same for a resource that has to be awaited: co_await with(files::open("x"), [](auto& f) ...).
template <async_resource R, class Body>
[[nodiscard]] auto with(coro<R> opening, Body&& body);

// co_await finally(body, cleanup): cleanup() runs after body() however that ended, shielded; then
// the value or error of the body goes on. An error of cleanup replaces it.
// Python: try/finally around awaits.
template <class Body, class Cleanup>
[[nodiscard]] auto finally(Body&& body, Cleanup&& cleanup, duration grace = cleanup_grace);

// Implementation

namespace detail {

template <class R>
concept waits_for_children = requires { requires R::aexit_waits_for_children; };

template <class R>
coro<bool> leave_resource(R& resource, std::exception_ptr error) {
    if constexpr (waits_for_children<R>) {
        co_return co_await resource.aexit(std::move(error));
    } else {
        const cleanup_shield shield;
        co_return co_await resource.aexit(std::move(error));
    }
}

template <class T>
coro<T> failed(std::exception_ptr error) {
    std::rethrow_exception(std::move(error));
    co_await sleep(duration::zero());  // never reached; makes it a coroutine
}

// A body need not be a coroutine itself; what it throws before it returns one counts all the same.
template <class T, class Body, class... Args>
coro<T> call_body(Body& body, Args&... args) {
    try {
        return body(args...);
    } catch (...) {  // arrives where the body is awaited
        return failed<T>(std::current_exception());
    }
}

template <class T, class R, class Body>
coro<T> run_with(R resource, Body body) {
    if constexpr (requires { resource.aenter(); }) {
        co_await resource.aenter();
    }
    result<T> end = co_await as_result(call_body<T>(body, resource));
    const bool dealt_with = co_await leave_resource(resource, end.error());
    if constexpr (std::is_void_v<T>) {
        if (dealt_with) {
            co_return;
        }
    }
    co_return std::move(end).value();
}

template <class T, class R, class Body>
coro<T> run_with_opened(coro<R> opening, Body body) {
    R resource = co_await std::move(opening);
    co_return co_await run_with<T, R, Body>(std::move(resource), std::move(body));
}

template <class T, class Body, class Cleanup>
coro<T> run_finally(Body body, Cleanup cleanup, duration grace) {
    result<T> end = co_await as_result(call_body<T>(body));
    {
        const cleanup_shield shield(grace);
        co_await cleanup();
    }
    co_return std::move(end).value();
}

}  // namespace detail

template <async_resource R, class Body>
auto with(R resource, Body&& body) {
    detail::check_body<Body>();
    using fn = std::decay_t<Body>;
    using T = typename detail::body_result<fn, R&>::type;
    return detail::run_with<T, R, fn>(std::move(resource), std::forward<Body>(body));
}

template <async_resource R, class Body>
auto with(coro<R> opening, Body&& body) {
    detail::check_body<Body>();
    using fn = std::decay_t<Body>;
    using T = typename detail::body_result<fn, R&>::type;
    return detail::run_with_opened<T, R, fn>(std::move(opening), std::forward<Body>(body));
}

template <class Body, class Cleanup>
auto finally(Body&& body, Cleanup&& cleanup, duration grace) {
    detail::check_body<Body>();
    detail::check_body<Cleanup>();
    using T = typename detail::body_result<std::decay_t<Body>, void*>::type;
    return detail::run_finally<T, std::decay_t<Body>, std::decay_t<Cleanup>>(
        std::forward<Body>(body), std::forward<Cleanup>(cleanup), grace);
}

}  // namespace nurt

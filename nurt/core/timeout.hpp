// SPDX-License-Identifier: MIT
// nurt/core/timeout.hpp: work that must not take longer.
//
// The body runs in the same task. When time is up it is cancelled, which really stops it, and when
// it has cleaned up, timeout_error is thrown here. A scope turns only its own cancellation into an
// error; anybody else's goes on.
#pragma once

#include <type_traits>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/core/detail/operation.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt {

// A running timeout, as its body sees it. Python: asyncio.Timeout.
class timeout_state {
public:
    timeout_state(const timeout_state&) = delete;
    timeout_state& operator=(const timeout_state&) = delete;

    // When it fires; instant::never() if it does not.
    instant when() const noexcept { return when_; }
    // Moves the deadline; throws usage_error once it has fired or the body has ended.
    void reschedule(instant when);
    void reschedule(duration from_now);
    // Whether it has fired.
    bool expired() const noexcept { return fired_; }

protected:
    explicit timeout_state(instant when) noexcept : when_(when) {}
    ~timeout_state() = default;

    instant when_;
    bool fired_ = false;
};

namespace detail {

struct scope_expiry;

// Invariants:
//  1. From begin() to end() it is either in the thread's list of unarmed scopes, or in the list of
//     its task, where those with a timer are, and those that have fired or have no deadline.
//  2. Scopes of a task nest, so both lists begin with the innermost, and the unarmed ones are
//     inside of all others.
class timeout_scope : public timeout_state, public timer_node {
public:
    void expire() noexcept override;
    void move_to(instant when);
    static void arm_all() noexcept;

    // Whether it can act while the task has that many shields.
    bool acts_under(std::uint32_t shields) const noexcept { return request_.shields >= shields; }
    const timeout_scope* outer() const noexcept { return outer_; }

protected:
    using timeout_state::timeout_state;
    ~timeout_scope() = default;

    void check_unused() const {
        if (sequence_ != 0) [[unlikely]] {
            throw_usage("this timeout has been entered already");
        }
    }
    void begin();
    // Takes the scope down. True when the body ended by this scope's cancellation: it was late. A
    // body that ended by another error after it has that one replaced: a timeout_error is nested.
    bool end(std::exception_ptr* error) {
        if (unarmed_) [[likely]] {  // then it is the innermost one
            task_ = nullptr;
            this_thread.unarmed = outer_;
            return false;
        }
        return end_armed(error);
    }

private:
    friend struct scope_expiry;
    bool end_armed(std::exception_ptr* error);
    void set_timer();
    void drop_timer() noexcept;
    void fire() noexcept;

    task_base* task_ = nullptr;
    timeout_scope* outer_ = nullptr;
    scope_expiry* expiry_ = nullptr;  // the time is over, and the ready queue is to say so
    cancel_request request_;
    std::uint32_t sequence_ = 0;  // not 0 once it was entered
    std::uint32_t deliveries_at_entry_ = 0;
    bool unarmed_ = false;  // in the thread's list
};

instant deadline_after(duration delay);

template <class T, class Body>
class timeout_awaitable : public scope_awaitable, public timeout_scope {
public:
    timeout_awaitable(instant when, Body&& body) : timeout_scope(when), body_(std::move(body)) {}

    template <bool Tail>
    typename transfer<Tail>::type enter(void* caller) {
        check_unused();
        coro<T> work = make();
        begin();
        void* child = coro_access<T>::release(work);
        auto& promise = coro_access<T>::promise_of(child);
        promise.continuation = caller;
        promise.slot = &end_;
        return transfer<Tail>::to(child);
    }
    T leave() {
        if (end_.error) [[unlikely]] {
            std::exception_ptr error = end_.take_error();
            if (end(&error)) {
                throw timeout_error();
            }
            std::rethrow_exception(std::move(error));
        }
        end(nullptr);
        return end_.take();
    }

protected:
    outcome<T> end_;

private:
    coro<T> make() {
        if constexpr (is_coro<Body>) {
            return std::move(body_);
        } else if constexpr (std::is_invocable_v<Body&, timeout_state&>) {
            return body_(static_cast<timeout_state&>(*this));
        } else {
            return body_();
        }
    }

    Body body_;
};

template <class Body>
auto make_timeout(instant when, Body body) {
    using T = typename body_result<Body, timeout_state&>::type;
    return timeout_awaitable<T, Body>(when, std::move(body));
}

// A coroutine without any time does not start: its arguments are destroyed. The turns are those of
// asyncio, which makes a task of it, cancels that and waits.
template <class T>
coro<T> out_of_time(coro<T> work) {
    coro_access<T>::drop(work);
    for (int turn = 0; turn < 3; ++turn) {
        co_await sleep(duration::zero());
    }
    throw timeout_error();
}

}  // namespace detail

// The nearest deadline of the timeouts around the running task: of timeout, wait_for, move_on_after
// and their kin, and for a task of a task_group of those around the group's block. Follows
// reschedule(); instant::never() if there is none, and outside of a task. In a cleanup only the
// timeouts count that began in it, for the others wait until it ends. Source: trio.
instant deadline() noexcept;

// co_await timeout(5s, [&]() -> coro<int> {...}) gives what the body gives, or throws timeout_error
// after the body was cancelled and has ended. The body may take a timeout_state&. A body that ends
// with a value in time has won, even if it was late to be told. duration::max() never fires; zero
// fires at the first suspension. Python: asyncio.timeout.
template <class Body>
[[nodiscard]] auto timeout(duration limit, Body&& body) {
    detail::check_body<Body>();
    return detail::make_timeout<std::decay_t<Body>>(detail::deadline_after(limit),
                                                    std::forward<Body>(body));
}
// The same with a point of the loop's clock. Python: asyncio.timeout_at.
template <class Body>
[[nodiscard]] auto timeout_at(instant when, Body&& body) {
    detail::check_body<Body>();
    return detail::make_timeout<std::decay_t<Body>>(when, std::forward<Body>(body));
}

// Awaits a coroutine, in the same task, or a task or future, which is cancelled when time is up.
// With zero or less a coroutine does not start.
// Python: asyncio.wait_for.
template <class T>
[[nodiscard]] auto wait_for(coro<T> work, duration limit) {
    if (limit <= duration::zero()) {
        return detail::make_timeout(instant::never(), detail::out_of_time(std::move(work)));
    }
    return detail::make_timeout(detail::deadline_after(limit), std::move(work));
}
// In one expression with the operation: co_await wait_for(q.get(), 5s).
template <class A>
    requires detail::operation<A>
[[nodiscard]] auto wait_for(A&& what, duration limit) {
    return wait_for(detail::await_operation<A>(std::addressof(what)), limit);
}
template <detail::gives_coro A>
[[nodiscard]] auto wait_for(A&& request, duration limit) {
    return wait_for(std::forward<A>(request).operator co_await(), limit);
}
template <class T>
[[nodiscard]] auto wait_for(task<T> work, duration limit) {
    return detail::make_timeout(detail::deadline_after(limit),
                                detail::await_handle(std::move(work)));
}
template <class T>
[[nodiscard]] auto wait_for(future<T> work, duration limit) {
    return detail::make_timeout(detail::deadline_after(limit),
                                detail::await_handle(std::move(work)));
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/core/on_exit.hpp: cleanup that is registered where the need for it arises.
//
// The cleanup is a coroutine frame that slips in between its coroutine and whoever awaits that: the
// end of a coroutine resumes what stands behind it, so a coroutine without cleanups pays nothing.
// By then its own frame, locals and parameters included, is gone; the result lies with the awaiter.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/body.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/with.hpp"

namespace nurt {

// co_await on_exit(fn, args...): runs fn(args...) when the coroutine that says so has ended, with a
// value, an error or a cancellation: after its locals are gone, and before its awaiter goes on. Of
// several the last comes first. It takes effect at once and is no place to be cancelled at.
//
// fn is a coroutine function or returns nothing; it and its arguments are stored by value (std::ref
// shares) and must not refer to locals of the coroutine. A coroutine is shielded from cancellation
// for at most cleanup_grace, as in finally. An error of a cleanup takes the place of the value or
// error that was there; the other cleanups run all the same. Python: AsyncExitStack.
//
//     auto link = co_await pool.take();
//     co_await on_exit(give_back, std::ref(pool), link);
template <class Fn, class... Args>
[[nodiscard("write co_await on_exit(...)")]] auto on_exit(Fn&& fn, Args&&... args);

// Implementation

namespace detail {

class exit_frame;

// Invariants:
//  1. Until the cleanup runs, `where` is empty, and no walk along the awaits shows it.
//  2. The slot is the one of the coroutine before it, and holds its result when the cleanup runs.
class exit_promise final : public promise_common {
public:
    exit_promise() noexcept : promise_common(std::source_location()) {}
    exit_frame get_return_object() noexcept;
    void return_void() const noexcept {}
    void unhandled_exception() noexcept {
        if (!slot_->error) {
            drop_value_(*slot_);
        }
        slot_->error = std::current_exception();
    }

    // The user knows the cleanup by the line of its on_exit.
    template <class A>
    auto await_transform(A&& awaitable) {
        return promise_common::await_transform(std::forward<A>(awaitable),
                                               __builtin_bit_cast(place_pointer, place_));
    }

    template <class T>
    void insert(void* self, promise_result<T>& before) noexcept {
        place_ = before.where;
        slot_ = before.slot;
        drop_value_ = [](outcome_base& end) noexcept { static_cast<outcome<T>&>(end).destroy(); };
        continuation = std::exchange(before.continuation, self);
    }

private:
    std::source_location place_;
    outcome_base* slot_ = nullptr;
    void (*drop_value_)(outcome_base&) noexcept = nullptr;
};

class exit_frame {
public:
    using promise_type = exit_promise;

    exit_frame(exit_frame&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    exit_frame& operator=(exit_frame&&) = delete;
    ~exit_frame() {
        if (frame_ != nullptr) {
            handle().destroy();
        }
    }

    template <class T>
    void insert_behind(promise_result<T>& caller) {
        if (frame_ == nullptr) [[unlikely]] {
            throw_awaited_twice();
        }
        handle().promise().insert(frame_, caller);
        frame_ = nullptr;
    }

private:
    friend class exit_promise;
    explicit exit_frame(void* frame) noexcept : frame_(frame) {}
    std::coroutine_handle<exit_promise> handle() const noexcept {
        return std::coroutine_handle<exit_promise>::from_address(frame_);
    }

    void* frame_;
};

inline exit_frame exit_promise::get_return_object() noexcept {
    return exit_frame(std::coroutine_handle<exit_promise>::from_promise(*this).address());
}

template <class Fn, class... Args>
exit_frame run_on_exit(Fn fn, Args... args) {
    if constexpr (coroutine_function<Fn, Args...>) {
        const cleanup_shield shield;
        static_cast<void>(co_await fn(std::move(args)...));
    } else {
        fn(std::move(args)...);
    }
    co_return;
}

class exit_registration : public frame_awaitable {
public:
    explicit exit_registration(exit_frame&& cleanup) noexcept : cleanup_(std::move(cleanup)) {}

    template <class P>
    void attach(P& caller) {
        static_assert(requires { caller.slot; }, "on_exit belongs in a function that returns coro");
        cleanup_.insert_behind(caller);
    }

private:
    exit_frame cleanup_;
};

}  // namespace detail

template <class Fn, class... Args>
auto on_exit(Fn&& fn, Args&&... args) {
    detail::check_body<Fn>();
    (detail::check_argument<Args>(), ...);
    using function = std::decay_t<Fn>;
    static_assert(detail::coroutine_function<function, std::decay_t<Args>...> ||
                      std::is_void_v<std::invoke_result_t<function&, std::decay_t<Args>...>>,
                  "the cleanup has to return a coro, or nothing");
    return detail::exit_registration(detail::run_on_exit<function, std::decay_t<Args>...>(
        std::forward<Fn>(fn), std::forward<Args>(args)...));
}

}  // namespace nurt

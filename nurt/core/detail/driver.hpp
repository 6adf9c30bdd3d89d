// SPDX-License-Identifier: MIT
// nurt/core/detail/driver.hpp: how control passes from one coroutine to the next.
//
// Symmetric transfer is a tail call only where the compiler promises it; elsewhere a loop of
// awaits would grow the stack without end. So there are two ways under one driver
// (task_base::run): return the next handle, or put it down and return to the driver. Which one is
// a template argument of the awaiters, so that objects of different compilers mix in one program.
#pragma once

#include <coroutine>
#include <source_location>

#include "nurt/core/detail/outcome.hpp"
#include "nurt/loop/thread_state.hpp"

namespace nurt::detail {

#if defined(__clang__)
inline constexpr bool tail_calls = true;
#else
inline constexpr bool tail_calls = false;
#endif

template <bool Tail>
struct transfer;

template <>
struct transfer<true> {
    using type = std::coroutine_handle<>;
    static type to(void* frame) noexcept { return std::coroutine_handle<>::from_address(frame); }
    static type to_driver() noexcept {
        this_thread.next = nullptr;
        return std::noop_coroutine();
    }
    static type to_awaiter(void* frame) noexcept {
        return frame != nullptr ? to(frame) : to_driver();
    }
};

template <>
struct transfer<false> {
    using type = void;
    static void to(void* frame) noexcept { this_thread.next = frame; }
    static void to_driver() noexcept { this_thread.next = nullptr; }
    static void to_awaiter(void* frame) noexcept { to(frame); }
};

// First in every promise of ours, at a fixed offset of the frame: a debugger, or another process,
// finds the chain of awaits and its lines from here.
struct promise_base {
    explicit promise_base(std::source_location place) noexcept : where(place) {}

    void* continuation = nullptr;  // the frame that awaits this one; null for the root of a task
    std::source_location where;    // of the co_await at which it is suspended; empty for a cleanup
                                   // that waits for its turn
};

static_assert(sizeof(promise_base) == 16);

inline promise_base& promise_at(void* frame) noexcept {
    return std::coroutine_handle<promise_base>::from_address(frame).promise();
}

// The end of a coroutine: its frame goes, then whoever awaited it runs. Without an awaiter it was
// the root of a task, and the driver notices that no frame is left.
template <bool Tail>
struct final_awaiter {
    bool await_ready() const noexcept { return false; }
    template <class P>
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<P> finished) noexcept {
        void* next = finished.promise().continuation;
        finished.destroy();
        return transfer<Tail>::to_awaiter(next);
    }
    void await_resume() const noexcept {}
};

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/core/detail/stranger.hpp: awaiting types of other libraries.
//
// The stranger gets the handle of a small coroutine whose resume(), from any thread, only queues
// the task. Its await_resume runs in the task, on the loop's thread. It cannot be cancelled (the
// request waits) unless it has a member await_cancel().
#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt::detail {

template <class A>
concept bare_awaiter = requires(A& a, std::coroutine_handle<> h) {
    { a.await_ready() } -> std::convertible_to<bool>;
    a.await_suspend(h);
    a.await_resume();
};

template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
    if constexpr (requires { std::forward<A>(awaitable).operator co_await(); }) {
        return std::forward<A>(awaitable).operator co_await();
    } else if constexpr (requires { operator co_await(std::forward<A>(awaitable)); }) {
        return operator co_await(std::forward<A>(awaitable));
    } else {
        return std::forward<A>(awaitable);
    }
}

template <class A>
concept foreign_awaitable =
    bare_awaiter<std::remove_reference_t<decltype(get_awaiter(std::declval<A>()))>>;

// The coroutine behind the handle: each resume() calls `target` and suspends again.
class doorbell {
public:
    struct promise_type {
        static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
        static void operator delete(void* frame, std::size_t size) noexcept {
            frame_pool::deallocate(frame, size);
        }
        doorbell get_return_object() noexcept {
            return doorbell(std::coroutine_handle<promise_type>::from_promise(*this));
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_always final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept {}
    };

    doorbell() = default;
    doorbell(const doorbell&) = delete;
    doorbell& operator=(const doorbell&) = delete;
    doorbell& operator=(doorbell&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~doorbell() {
        if (handle_) {
            handle_.destroy();
        }
    }
    std::coroutine_handle<> handle() const noexcept { return handle_; }

private:
    explicit doorbell(std::coroutine_handle<promise_type> h) noexcept : handle_(h) {}

    std::coroutine_handle<promise_type> handle_;
};

class stranger_base : public leaf {
public:
    void ring() noexcept;  // from any thread
    cancel_answer cancel() noexcept override { return cancel_answer::later; }

protected:
    ~stranger_base() = default;
    std::coroutine_handle<> open_door();

private:
    event_loop* loop_ = nullptr;
    doorbell door_;
};

template <class A>
class stranger final : public stranger_base {
    using awaiter_type = decltype(get_awaiter(std::declval<A>()));

public:
    explicit stranger(A&& awaitable) : awaiter_(get_awaiter(std::forward<A>(awaitable))) {}

    bool await_ready() { return static_cast<bool>(awaiter_.await_ready()); }

    bool await_suspend(std::coroutine_handle<>) {
        using answer = decltype(awaiter_.await_suspend(std::coroutine_handle<>()));
        const std::coroutine_handle<> door = open_door();
        if constexpr (std::is_void_v<answer>) {
            awaiter_.await_suspend(door);
            return true;
        } else if constexpr (std::is_same_v<answer, bool>) {
            return awaiter_.await_suspend(door);
        } else {
            awaiter_.await_suspend(door).resume();  // it starts its own coroutine
            return true;
        }
    }

    decltype(auto) await_resume() { return awaiter_.await_resume(); }

    cancel_answer cancel() noexcept override {
        if constexpr (requires { awaiter_.await_cancel(); }) {
            awaiter_.await_cancel();
        }
        return cancel_answer::later;
    }

private:
    awaiter_type awaiter_;
};

}  // namespace nurt::detail

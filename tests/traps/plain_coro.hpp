// SPDX-License-Identifier: MIT
// tests/traps/plain_coro.hpp: the smallest coroutine type that runs whole, without the library.
//
// The traps are the compiler's, so they are tried on a type whose every line is here: lazy, one awaiter, a
// driver loop instead of nested resumption, suspending for real at each `pause`.
#pragma once

#include <coroutine>

#include <exception>
#include <optional>
#include <utility>

namespace traps {

inline std::coroutine_handle<> next_to_run;

struct promise_base {
    std::coroutine_handle<> continuation;
    std::exception_ptr error;

    struct at_end {
        bool await_ready() noexcept { return false; }
        template <class P>
        void await_suspend(std::coroutine_handle<P> self) noexcept {
            next_to_run = self.promise().continuation;
        }
        void await_resume() noexcept {}
    };
    std::suspend_always initial_suspend() noexcept { return {}; }
    at_end final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { error = std::current_exception(); }
};

template <class T>
class [[nodiscard]] plain_coro;

template <class T>
struct promise_for : promise_base {
    std::optional<T> value;
    plain_coro<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& u) {
        value.emplace(std::forward<U>(u));
    }
    T take() {
        if (error) std::rethrow_exception(error);
        return std::move(*value);
    }
};

template <>
struct promise_for<void> : promise_base {
    plain_coro<void> get_return_object() noexcept;
    void return_void() noexcept {}
    void take() {
        if (error) std::rethrow_exception(error);
    }
};

template <class T>
class [[nodiscard]] plain_coro {
public:
    using promise_type = promise_for<T>;
    using handle = std::coroutine_handle<promise_type>;

    explicit plain_coro(handle h) noexcept : frame_(h) {}
    plain_coro(plain_coro&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    plain_coro& operator=(plain_coro&&) = delete;
    ~plain_coro() {
        if (frame_) frame_.destroy();
    }

    class awaiter {
    public:
        explicit awaiter(handle h) noexcept : frame_(h) {}
        awaiter(const awaiter&) = delete;
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<> caller) noexcept {
            frame_.promise().continuation = caller;
            next_to_run = frame_;
        }
        T await_resume() { return frame_.promise().take(); }

    private:
        handle frame_;
    };
    awaiter operator co_await() && noexcept { return awaiter(frame_); }
    awaiter operator co_await() & noexcept { return awaiter(frame_); }

    // The driver: runs this coroutine and all it awaits.
    T run() {
        next_to_run = frame_;
        while (next_to_run) std::exchange(next_to_run, nullptr).resume();
        return frame_.promise().take();
    }

private:
    handle frame_;
};

template <class T>
plain_coro<T> promise_for<T>::get_return_object() noexcept {
    return plain_coro<T>(std::coroutine_handle<promise_for>::from_promise(*this));
}
inline plain_coro<void> promise_for<void>::get_return_object() noexcept {
    return plain_coro<void>(std::coroutine_handle<promise_for>::from_promise(*this));
}

// Suspends, then gives the value.
template <class T>
class pause {
public:
    explicit pause(T value) : value_(std::move(value)) {}
    pause(const pause&) = delete;
    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) noexcept { next_to_run = self; }
    T await_resume() { return std::move(value_); }

private:
    T value_;
};

}  // namespace traps

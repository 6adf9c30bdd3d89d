// SPDX-License-Identifier: MIT
// nurt/core/coro.hpp: what an async function returns.
//
// Calling an async function does nothing, awaiting the result runs it in place, and create_task
// runs it beside you. Frames come from the pool, and only the driver ever destroys one that has
// started.
#pragma once

#include <coroutine>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

#include "nurt/base/frame_pool.hpp"
#include "nurt/core/detail/awaiters.hpp"
#include "nurt/core/detail/stranger.hpp"

namespace nurt {

namespace detail {
template <class T>
class promise;
template <class T>
struct coro_access;
void drop_unstarted(void* frame) noexcept;
}  // namespace detail

// A computation that has not begun. Await it once, as co_await f(x), or give it to create_task.
// Moved, not copied; dropping it unstarted destroys its arguments and runs nothing, which debug mode
// reports.
// Python: a coroutine object.
template <class T = void>
class [[nodiscard("a coroutine does nothing until it is awaited or given to create_task")]] coro {
public:
    using promise_type = detail::promise<T>;
    using value_type = T;

    coro(coro&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    coro& operator=(coro&& other) noexcept {
        std::swap(frame_, other.frame_);
        return *this;
    }
    ~coro() {
        if (frame_ != nullptr) {
            detail::drop_unstarted(frame_);
        }
    }

    // False once it was awaited, given away or moved from.
    explicit operator bool() const noexcept { return frame_ != nullptr; }

private:
    friend class detail::promise<T>;
    friend struct detail::coro_access<T>;
    explicit coro(void* frame) noexcept : frame_(frame) {}

    void* frame_;
};

// Implementation

namespace detail {

template <class A>
inline constexpr bool is_coro = false;
template <class T>
inline constexpr bool is_coro<coro<T>> = true;

// Gives a coroutine when awaited: a request that is still being described.
template <class A>
concept gives_coro =
    requires(A&& a) { requires is_coro<decltype(std::forward<A>(a).operator co_await())>; };

template <class>
inline constexpr bool always_false = false;

[[noreturn]] void throw_awaited_twice();

// What stands in a source_location. As the type of a default argument it costs no room in the
// frame of the caller; the class would, on g++.
using place_pointer = decltype(__builtin_source_location());

// What every promise of a coro has, whatever the result.
class promise_common : public promise_base {
public:
    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        frame_pool::deallocate(frame, size);
    }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    final_awaiter<tail_calls> final_suspend() const noexcept { return {}; }

    template <class A>
    auto await_transform(A&& awaitable, place_pointer place = __builtin_source_location()) {
        where = __builtin_bit_cast(std::source_location, place);
        using type = std::remove_cvref_t<A>;
        if constexpr (is_coro<type>) {
            static_assert(!std::is_lvalue_reference_v<A>,
                          "a coroutine is awaited once: write co_await std::move(c)");
            using T = typename type::value_type;
            return coro_awaiter<T, tail_calls>(coro_access<T>::release(awaitable));
        } else if constexpr (leaf_like<A>) {
            return leaf_awaiter<type&, tail_calls>(awaitable);
        } else if constexpr (scope_like<A>) {
            return scope_awaiter<type, tail_calls>(awaitable);
        } else if constexpr (frame_like<A>) {
            return frame_awaiter<type>(awaitable);
        } else if constexpr (has_leaf<A>) {
            auto make = [&] { return std::forward<A>(awaitable).operator co_await(); };
            return leaf_awaiter<decltype(make()), tail_calls>(std::in_place, make);
        } else if constexpr (gives_coro<A>) {
            auto work = std::forward<A>(awaitable).operator co_await();
            using T = typename decltype(work)::value_type;
            return coro_awaiter<T, tail_calls>(coro_access<T>::release(work));
        } else if constexpr (foreign_awaitable<A>) {
            auto make = [&] { return stranger<A>(std::forward<A>(awaitable)); };
            return leaf_awaiter<stranger<A>, tail_calls>(std::in_place, make);
        } else {
            static_assert(always_false<A>,
                          "this cannot be awaited: did you forget to call the function, or to "
                          "return a coro from it?");
        }
    }

    // Generators yield; a coro returns. In a scope a yield would hand the scope's timeouts and
    // cancellations to whoever consumes the values.
    template <class A>
    void yield_value(A&&) = delete;

protected:
    explicit promise_common(std::source_location place) noexcept : promise_base(place) {}
};

template <class T>
class promise_result : public promise_common {
public:
    using promise_common::promise_common;
    template <class U = T>
        requires std::is_convertible_v<U&&, T>
    void return_value(U&& value) {
        slot->set(std::forward<U>(value));
    }
    void unhandled_exception() noexcept { slot->error = std::current_exception(); }

    outcome<T>* slot = nullptr;  // before the start: the mark of a capturing lambda, or null
};

template <>
class promise_result<void> : public promise_common {
public:
    using promise_common::promise_common;
    void return_void() const noexcept {}
    void unhandled_exception() noexcept { slot->error = std::current_exception(); }

    outcome<void>* slot = nullptr;
};

template <class T>
class promise : public promise_result<T> {
public:
    explicit promise(std::source_location place = std::source_location::current()) noexcept
        : promise_result<T>(place) {}
    coro<T> get_return_object() noexcept {
        return coro<T>(std::coroutine_handle<promise>::from_promise(*this).address());
    }
};

template <class T>
struct coro_access {
    static void* release(coro<T>& c) {
        if (c.frame_ == nullptr) [[unlikely]] {
            throw_awaited_twice();
        }
        return std::exchange(c.frame_, nullptr);
    }
    static promise<T>& promise_of(void* frame) noexcept {
        return std::coroutine_handle<promise<T>>::from_address(frame).promise();
    }
    // Where that is meant, and no mistake.
    static void drop(coro<T>& c) noexcept {
        std::coroutine_handle<>::from_address(std::exchange(c.frame_, nullptr)).destroy();
    }
    static std::source_location place(coro<T>& c) noexcept { return promise_of(c.frame_).where; }
    static bool captures(coro<T>& c) noexcept;
};

template <class T, bool Tail>
template <class P>
typename transfer<Tail>::type coro_awaiter<T, Tail>::await_suspend(
    std::coroutine_handle<P> caller) noexcept {
    auto& child = coro_access<T>::promise_of(child_);
    child.continuation = caller.address();
    child.slot = &result_;
    return transfer<Tail>::to(child_);
}

// A coroutine that is a lambda with captures refers to the closure, not to a copy: where that may
// die first, as in create_task, it is refused. The promise of such a lambda carries a mark in its
// slot, which has no other use before the start.

template <class C>
constexpr bool names_a_lambda() {
#if defined(__clang__)
    constexpr std::string_view name = __PRETTY_FUNCTION__;  // "... [C = (lambda at f.cpp:1:2)]"
    return name.ends_with(")]") && name.find("(lambda at ") != name.npos;
#else
    constexpr std::string_view name = __PRETTY_FUNCTION__;  // "... [with C = f()::<lambda(int)>]"
    return name.ends_with(")>]") && name.find("<lambda(") != name.npos;
#endif
}

inline constinit char capture_mark = 0;

template <class T, class C>
class closure_promise : public promise<T> {
public:
    explicit closure_promise(std::source_location place = std::source_location::current()) noexcept
        : promise<T>(place) {}
    // Here, and not earlier, the closure's type is complete.
    coro<T> get_return_object() noexcept {
        if constexpr (!std::is_empty_v<C>) {
            this->slot = reinterpret_cast<outcome<T>*>(&capture_mark);
        }
        return promise<T>::get_return_object();
    }
};

template <class T>
bool coro_access<T>::captures(coro<T>& c) noexcept {
    return reinterpret_cast<char*>(promise_of(c.frame_).slot) == &capture_mark;
}

}  // namespace detail
}  // namespace nurt

template <class T, class C, class... Args>
    requires(std::is_class_v<C> && nurt::detail::names_a_lambda<std::remove_cv_t<C>>())
struct std::coroutine_traits<nurt::coro<T>, C&, Args...> {
    using promise_type = nurt::detail::closure_promise<T, std::remove_cv_t<C>>;
};

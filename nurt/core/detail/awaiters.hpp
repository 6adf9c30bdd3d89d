// SPDX-License-Identifier: MIT
// nurt/core/detail/awaiters.hpp: what co_await does with each kind of thing.
//
// All of these are pinned: g++ 12 silently copies an awaiter that it got by reference, and every
// link into it would then dangle. So await_transform returns a new object that holds a pointer to
// the awaitable, or builds it in place.
#pragma once

#include <concepts>
#include <coroutine>
#include <memory>
#include <type_traits>
#include <utility>

#include "nurt/core/detail/driver.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt::detail {

struct pinned {
    pinned() = default;
    pinned(const pinned&) = delete;
    pinned& operator=(const pinned&) = delete;
};

struct leaf_access {
    static void attach(leaf& l, task_base& task) noexcept {
        l.waiter_ = &task;
        task.waiting_on = &l;
    }
};

// Arms the timers of scopes entered since the task last suspended.
void arm_scopes() noexcept;

// The runtime's side of a leaf: cancellation on entry and on return, the links of the task.
// Held is a leaf (built here) or a reference to one.
template <class Held, bool Tail>
class leaf_awaiter : pinned {
public:
    using leaf_type = std::remove_reference_t<Held>;

    explicit leaf_awaiter(leaf_type& l) noexcept
        requires std::is_reference_v<Held>
        : leaf_(l) {}
    template <class Make>
        requires(!std::is_reference_v<Held>)
    explicit leaf_awaiter(std::in_place_t, Make&& make) : leaf_(make()) {}

    bool await_ready() {
        this_thread.task->throw_if_cancelled();
        return leaf_.await_ready();
    }

    template <class P>
    [[gnu::always_inline]] auto await_suspend(std::coroutine_handle<P> caller) {
        task_base& task = *this_thread.task;
        task.frame = caller.address();
        leaf_access::attach(leaf_, task);
        if (this_thread.unarmed != nullptr) [[unlikely]] {
            arm_scopes();
        }
        using answer = decltype(leaf_.await_suspend(std::coroutine_handle<>(caller)));
        if constexpr (std::is_same_v<answer, bool>) {
            if (!suspend(task, caller)) {
                task.waiting_on = nullptr;
                task.frame = nullptr;
                return transfer<Tail>::to(caller.address());
            }
        } else {
            static_assert(std::is_void_v<answer>, "a leaf's await_suspend returns void or bool");
            suspend(task, caller);
        }
        return transfer<Tail>::to_driver();
    }

    decltype(auto) await_resume() {
        task_base& task = *this_thread.task;
        if ((task.flags & flag_cancel_deliver) != 0) [[unlikely]] {
            task.throw_cancelled();
        }
        return leaf_.await_resume();
    }

private:
    [[gnu::always_inline]] auto suspend(task_base& task, std::coroutine_handle<> caller) {
        if constexpr (noexcept(leaf_.await_suspend(caller))) {
            return leaf_.await_suspend(caller);
        } else {
            try {
                return leaf_.await_suspend(caller);
            } catch (...) {
                task.waiting_on = nullptr;
                task.frame = nullptr;
                throw;
            }
        }
    }

    Held leaf_;
};

// Awaits a coroutine in place: no task, no turn. The result lands here.
template <class T, bool Tail>
class coro_awaiter : pinned {
public:
    explicit coro_awaiter(void* child) noexcept : child_(child) {}

    bool await_ready() const noexcept { return false; }
    template <class P>
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<P> caller) noexcept;
    T await_resume() {
        if (result_.error) [[unlikely]] {
            result_.rethrow();
        }
        return result_.take();
    }

private:
    void* child_;
    outcome<T> result_;
};

// Things like timeout(...): objects of ours that run a coroutine in place and have a say in how it
// ends. They offer enter<Tail>(caller) and leave().
struct scope_awaitable : pinned {};

template <class Scope, bool Tail>
class scope_awaiter : pinned {
public:
    explicit scope_awaiter(Scope& scope) noexcept : scope_(scope) {}

    bool await_ready() const noexcept { return false; }
    template <class P>
    typename transfer<Tail>::type await_suspend(std::coroutine_handle<P> caller) {
        return scope_.template enter<Tail>(caller.address());
    }
    decltype(auto) await_resume() { return scope_.leave(); }

private:
    Scope& scope_;
};

// Things like on_exit(...): they concern the coroutine that awaits them, which goes on at once.
// They offer attach(promise).
struct frame_awaitable : pinned {};

template <class A>
class frame_awaiter : pinned {
public:
    explicit frame_awaiter(A& awaitable) noexcept : awaitable_(awaitable) {}

    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> caller) {
        awaitable_.attach(caller.promise());
        return false;
    }
    void await_resume() const noexcept {}

private:
    A& awaitable_;
};

template <class A>
concept leaf_like = std::derived_from<std::remove_cvref_t<A>, leaf>;

template <class A>
concept scope_like = std::derived_from<std::remove_cvref_t<A>, scope_awaitable>;

template <class A>
concept frame_like = std::derived_from<std::remove_cvref_t<A>, frame_awaitable>;

// Gives a leaf when awaited: task, future, event.
template <class A>
concept has_leaf = requires(A&& a) {
    { std::forward<A>(a).operator co_await() } -> leaf_like;
};

}  // namespace nurt::detail

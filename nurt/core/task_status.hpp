// SPDX-License-Identifier: MIT
// nurt/core/task_status.hpp: how a task says that it has started; see task_group::start.
#pragma once

#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/outcome.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

namespace detail {

class group_state;

// The caller of start() waits here until its task says that it has started, or ends.
class start_wait : public leaf, public settle_listener {
public:
    void await_suspend(std::coroutine_handle<>) noexcept { child_->listen(*this); }
    cancel_answer cancel() noexcept override;
    void settled(future_base&) noexcept override { complete(); }
    // The value is there. The child is the group's from now on, unless the caller was cancelled.
    void started() noexcept;

protected:
    explicit start_wait(group_state& group);
    ~start_wait();
    // Throws unless there is a value and the caller may have it.
    void check_end() const;

    task_base* child_ = nullptr;  // with a reference
    bool has_value_ = false;

private:
    group_state& group_;
    bool cancelled_ = false;
};

template <class T>
class start_slot : public start_wait {
public:
    template <class... V>
    void set(V&&... value) {
        if constexpr (!std::is_void_v<T>) {
            value_.set(std::forward<V>(value)...);
        }
        has_value_ = true;
        started();
    }

protected:
    using start_wait::start_wait;
    ~start_slot() {
        if (has_value_) {
            value_.destroy();
        }
    }

    outcome<T> value_;
};

}  // namespace detail

// What a function that is given to task_group::start gets first, by reference. It lives as long as
// the task. Python's trio: TaskStatus.
template <class T = void>
class task_status {
public:
    using value_type = T;

    task_status(const task_status&) = delete;
    task_status& operator=(const task_status&) = delete;

    // The task has started: start() returns the value, and the task belongs to the group. Throws
    // usage_error the second time.
    template <class V>
        requires(!std::is_void_v<T> && std::is_convertible_v<V &&, T>)
    void started(V&& value) {
        take_caller().set(std::forward<V>(value));
    }
    void started()
        requires std::is_void_v<T>
    {
        take_caller().set();
    }

    // For task_group::start.
    explicit task_status(detail::start_slot<T>& caller) noexcept : caller_(&caller) {}

private:
    detail::start_slot<T>& take_caller() {
        if (caller_ == nullptr) {
            detail::throw_usage("started() was called twice on the same task_status");
        }
        return *std::exchange(caller_, nullptr);
    }

    detail::start_slot<T>* caller_;
};

// Implementation

namespace detail {

template <class>
struct status_parameter {};
template <class R, class T, class... Args>
struct status_parameter<R (*)(task_status<T>&, Args...)> {
    using type = T;
};
template <class R, class C, class T, class... Args>
struct status_parameter<R (C::*)(task_status<T>&, Args...)> {
    using type = T;
};
template <class R, class C, class T, class... Args>
struct status_parameter<R (C::*)(task_status<T>&, Args...) const> {
    using type = T;
};

// The T of the task_status<T>& that a function, or a lambda that is no template, takes first.
template <class Fn>
struct status_value : status_parameter<Fn> {};
template <class Fn>
    requires requires { &Fn::operator(); }
struct status_value<Fn> : status_parameter<decltype(&Fn::operator())> {};

// The child's outermost coroutine, which keeps the status, the function and its arguments.
template <class T, class R, class Fn, class... Args>
coro<R> run_starting(start_slot<T>* caller, Fn fn, Args... args) {
    task_status<T> status(*caller);
    coro<R> work = fn(status, std::move(args)...);
    this_thread.task->birth = coro_access<R>::place(work);
    co_return co_await std::move(work);
}

template <class T, class R>
class start_operation final : public start_slot<T> {
public:
    template <class Fn, class... Args>
    explicit start_operation(group_state& group, Fn&& fn, Args&&... args)
        : start_slot<T>(group),
          work_(run_starting<T, R, std::decay_t<Fn>, std::decay_t<Args>...>(
              this, std::forward<Fn>(fn), std::forward<Args>(args)...)) {}

    // After the check for a cancellation of the caller, which the child would not hear of.
    bool await_ready() {
        loop_core& loop = loop_for_tasks();
        auto& child = *new plain_task_state<R>(loop);
        this->child_ = &child;  // before the launch: it may start at once
        launch<R>(loop, child, work_, coro_access<R>::place(work_));
        return this->has_value_ || this->child_->done();
    }
    T await_resume() {
        this->check_end();
        if constexpr (!std::is_void_v<T>) {
            return std::move(this->value_.get());
        }
    }

private:
    coro<R> work_;
};

// A reference to the group, for a coroutine that may begin when the group object is gone.
class group_handle {
public:
    explicit group_handle(group_state& group) noexcept;
    group_handle(group_handle&& other) noexcept : group_(std::exchange(other.group_, nullptr)) {}
    group_handle& operator=(group_handle&&) = delete;
    ~group_handle();
    group_state& operator*() const noexcept { return *group_; }

private:
    group_state* group_;
};

template <class T, class R, class Fn, class... Args>
coro<T> start_in(group_handle group, Fn fn, Args... args) {
    start_operation<T, R> wait(*group, std::move(fn), std::move(args)...);
    co_return co_await wait;
}

}  // namespace detail
}  // namespace nurt

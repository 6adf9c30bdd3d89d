// SPDX-License-Identifier: MIT
// nurt/core/task_group.hpp: tasks that end before their block does.
#pragma once

#include <exception>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_status.hpp"
#include "nurt/core/with.hpp"

namespace nurt {

namespace detail {
class group_state;
}

//     co_await with(task_group(), [&](task_group& group) -> coro<> {
//         auto a = group.create_task(fetch("a"));
//         auto b = group.create_task(fetch("b"));
//         co_return;
//     });
//
// The block ends when every task has ended, tasks made by tasks included. The first that fails
// cancels the others and the body; when all have ended, exception_group is thrown with every error.
// A task that is cancelled alone disturbs nobody. A cancellation from outside reaches every task,
// is waited for, and goes on. Python: asyncio.TaskGroup.
class task_group {
public:
    task_group();
    task_group(task_group&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    task_group& operator=(task_group&&) = delete;
    ~task_group();

    // Throws usage_error outside of the block, or when the group is stopping because of an error.
    // After cancel() the task is returned already cancelled.
    template <class T>
    task<T> create_task(coro<T> work,
                        std::source_location place = std::source_location::current()) {
        check_open();
        return adopted(nurt::create_task(std::move(work), place));
    }
    template <class T>
    task<T> create_task(coro<T> work, std::string_view name,
                        std::source_location place = std::source_location::current()) {
        check_open();
        return adopted(nurt::create_task(std::move(work), name, place));
    }
    template <class T>
    task<T> create_task(coro<T> work, task_options options,
                        std::source_location place = std::source_location::current()) {
        check_open();
        return adopted(nurt::create_task(std::move(work), options, place));
    }
    template <class Fn, class... Args>
        requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
    auto create_task(Fn&& fn, Args&&... args) {
        check_open();
        return adopted(nurt::create_task(std::forward<Fn>(fn), std::forward<Args>(args)...));
    }
    template <class Fn, class... Args>
        requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
    auto create_task(task_options options, Fn&& fn, Args&&... args) {
        check_open();
        return adopted(
            nurt::create_task(options, std::forward<Fn>(fn), std::forward<Args>(args)...));
    }

    // auto port = co_await group.start(serve, 80): makes a task of serve(task_status<T>&, 80) and
    // waits until that calls started(value), which is what start gives. Until then the task is the
    // caller's: its error is thrown here, and a cancellation of the caller reaches it and waits for
    // its end. After that it is a task of the group like any other. Throws usage_error where
    // create_task does, and when the task ends without a started(). The function and its arguments
    // are stored; it is no template, for its first parameter says what T is. Source: trio.
    template <class Fn, class... Args>
    auto start(Fn&& fn, Args&&... args) {
        detail::check_body<Fn>();
        (detail::check_argument<Args>(), ...);
        using function = std::decay_t<Fn>;
        static_assert(
            requires { typename detail::status_value<function>::type; },
            "the function takes a task_status<T>& first, and is no template");
        using T = typename detail::status_value<function>::type;
        using R = typename std::invoke_result_t<function&, task_status<T>&,
                                                std::decay_t<Args>...>::value_type;
        return detail::start_in<T, R, function, std::decay_t<Args>...>(
            detail::group_handle(*state_), std::forward<Fn>(fn), std::forward<Args>(args)...);
    }

    // Cancels the tasks and the body; the block then ends without an error of its own.
    void cancel();

    // For with().
    static constexpr bool aexit_waits_for_children = true;
    coro<> aenter();
    coro<bool> aexit(std::exception_ptr error);

private:
    void check_open() const;
    void adopt(detail::task_base& child);
    template <class T>
    task<T> adopted(task<T> made) {
        adopt(made.state());
        return made;
    }

    detail::group_state* state_;
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/core/leaf.hpp: what a suspended task waits for, at the end of its chain of awaits.
//
// This is the whole protocol between an operation and the runtime; the library's own operations use
// nothing else. Leaves are plain classes with their own links, never coroutines, so that waiting
// allocates nothing.
#pragma once

#include <cstdint>

#include "nurt/core/detail/task_base.hpp"

namespace nurt {

class event_loop;

namespace detail {
struct leaf_access;
struct wait_list;
}  // namespace detail

// What a leaf answers when its task is asked to cancel.
enum class cancel_answer : std::uint8_t {
    done,    // unhooked: nobody will call complete(); the runtime resumes the task with the error
    later,   // complete() or complete_cancelled() is still to come
    queued,  // unhooked, and the task is in the ready queue already
};

// The base of awaitable operations: derive from it and write
//
//     bool await_ready();        // true: go on at once
//     void await_suspend(std::coroutine_handle<>);  // hook up; bool: false means go on after all
//     T await_resume();          // the result; not called when the task was cancelled
//     cancel_answer cancel() noexcept override;
//
// and call complete() once when the result is there. The runtime checks for a pending cancellation
// on entry, before await_ready, and throws cancelled_error where one is due, so a leaf only ever
// deals with its own completion. Completion wins: a leaf that has its result when cancel() is
// called answers `later` and returns it, and the request waits for the task's next await.
//
// Neither copied nor moved: others hold pointers to it while it waits.
class leaf {
public:
    leaf(const leaf&) = delete;
    leaf& operator=(const leaf&) = delete;

    // Called at most once for each request, on the loop's thread, only between await_suspend and
    // complete(). It never resumes anybody.
    virtual cancel_answer cancel() noexcept = 0;

    // Both are for debug mode, and called while the task is suspended. The first adds the tasks and
    // futures that have to go on before this can complete, as far as they are known; the second is
    // the queue in which this waits in line, if it does.
    virtual void waits_for(detail::wait_list&) const {}
    virtual const void* queue() const noexcept { return nullptr; }

protected:
    leaf() noexcept {}  // waiter_ is set when the task suspends, and not read before
    ~leaf() = default;

    // The result is there: the task goes to the end of the ready queue. From the loop's thread.
    void complete() noexcept { waiter_->wake(); }
    // The cancellation that was answered with `later` has taken place.
    void complete_cancelled() noexcept;
    // complete() for other threads; cancel() has to answer `later` then.
    void complete_threadsafe(event_loop& loop) noexcept;

    detail::task_base& waiter() const noexcept { return *waiter_; }

private:
    friend struct detail::leaf_access;
    detail::task_base* waiter_;
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/threads/detail/thread_call.hpp: a function call that another thread makes.
//
// Two kinds. thread_wait lives in the frame of a coroutine that waits for the thread whatever
// happens, so it allocates nothing. thread_job may be left alone: it is on the heap, and two sides
// own it, the thread (and later the loop's queue) and whoever is interested.
#pragma once

#include <atomic>
#include <coroutine>
#include <exception>
#include <tuple>
#include <utility>

#include "nurt/core/detail/outcome.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/threads/detail/carried_context.hpp"
#include "nurt/threads/detail/posted.hpp"
#include "nurt/threads/detail/stop.hpp"

namespace nurt::detail {

// Calls the function in that context and keeps what comes of it.
template <class T, class Fn, class... Args>
void call_into(outcome<T>& result, const carried_context& context, const stop_switch& stop, Fn& fn,
               Args&... args) noexcept {
    try {
        const context_entry entry(context.box());
        if constexpr (std::is_void_v<T>) {
            call_with(stop, fn, args...);
        } else {
            result.set(call_with(stop, fn, args...));
        }
    } catch (...) {  // whatever it is, it goes to whoever waits
        result.error = std::current_exception();
    }
}

// A task waits until the thread has ended.
class thread_wait : public leaf, public executor::job {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) { start(); }
    // Work that has not begun is taken back; else the token is told, and the end waited for.
    cancel_answer cancel() noexcept override;
    void deliver() noexcept override;

protected:
    thread_wait() = default;
    ~thread_wait() = default;

    stop_switch stop_;
    carried_context context_;

private:
    void start();

    posted posted_;
};

template <class T, class Fn, class... Args>
class thread_call final : public thread_wait {
public:
    explicit thread_call(Fn& fn, Args&... args) : fn_(fn), args_(args...) {
        if constexpr (stoppable_function<Fn, Args...>) {
            stop_.make();
        }
    }
    T await_resume() {
        if (result_.error) {
            result_.rethrow();
        }
        return result_.take();
    }

private:
    void call() noexcept override {
        std::apply([this](Args&... args) { call_into(result_, context_, stop_, fn_, args...); },
                   args_);
    }

    Fn& fn_;
    std::tuple<Args&...> args_;
    outcome<T> result_;
};

// Hears on the loop's thread that a thread_job has ended.
class job_receiver {
public:
    virtual void arrived() noexcept = 0;

protected:
    ~job_receiver() = default;
};

// Invariants:
//  1. owners_ counts the interested side, and the thread's side, which after the end of the work is
//     the loop's queue. Its last owner destroys it, on the loop's thread unless the loop is closed.
//  2. receiver_, and the result after the end, belong to the loop's thread.
class thread_job : public ready_node, public executor::job {
public:
    // Goes to the executor. From here on the receiver is one owner.
    void start(event_loop& loop, executor& where, job_receiver& receiver);
    // It never began, and will not: the thread's side is over.
    bool withdraw() noexcept;
    void request_stop() noexcept { stop_.request(); }
    // The receiver goes, or does not wait any more.
    void leave() noexcept {
        receiver_ = nullptr;
        drop();
    }
    // Nobody will look at an error.
    void forget_errors() noexcept { forgotten_ = true; }

    void deliver() noexcept override;
    void run() noexcept override;
    void discard() noexcept override { drop(); }

protected:
    thread_job() = default;
    virtual ~thread_job() = default;

    virtual const std::exception_ptr& error() const noexcept = 0;

    stop_switch stop_;
    carried_context context_;

private:
    void drop() noexcept {
        if (owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    std::atomic<unsigned char> owners_{2};
    bool forgotten_ = false;
    posted posted_;
    event_loop* loop_ = nullptr;
    job_receiver* receiver_ = nullptr;
};

template <class T, class Fn, class... Args>
class thread_job_of final : public thread_job {
public:
    template <class F, class... A>
    explicit thread_job_of(F&& fn, A&&... args)
        : fn_(std::forward<F>(fn)), args_(std::forward<A>(args)...) {
        if constexpr (stoppable_function<Fn, Args...>) {
            stop_.make();
        }
    }

    bool failed() const noexcept { return static_cast<bool>(result_.error); }
    std::exception_ptr take_error() noexcept { return std::exchange(result_.error, nullptr); }
    // Leaves a moved-from value.
    decltype(auto) value() noexcept {
        if constexpr (!std::is_void_v<T>) {
            return static_cast<T&&>(result_.get());
        }
    }

private:
    ~thread_job_of() override {
        if (called_ && !result_.error) {
            result_.destroy();
        }
        result_.destroy_error();
    }
    void call() noexcept override {
        std::apply([this](Args&... args) { call_into(result_, context_, stop_, fn_, args...); },
                   args_);
        called_ = !result_.error;
    }
    const std::exception_ptr& error() const noexcept override { return result_.error; }

    Fn fn_;
    std::tuple<Args...> args_;
    outcome<T> result_;
    bool called_ = false;  // and there is a value
};

// A task waits, and may be cancelled while the thread goes on.
class abandoning_wait : public leaf, public job_receiver {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>);
    cancel_answer cancel() noexcept override;
    void arrived() noexcept override { complete(); }

protected:
    explicit abandoning_wait(thread_job& job) noexcept : job_(&job) {}
    ~abandoning_wait();

    thread_job* job_;
    bool started_ = false;
};

}  // namespace nurt::detail

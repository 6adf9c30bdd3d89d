// SPDX-License-Identifier: MIT
// nurt/threads/run_coroutine_threadsafe.hpp: coroutines for other threads.
//
// A coroutine belongs to the thread of its loop from birth to death, so what crosses the border is a
// function and its arguments; the coroutine is made over there. The result comes back in a
// concurrent_future, and wrap_future leads from that into another loop.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

#include "nurt/core/future.hpp"
#include "nurt/core/task.hpp"
#include "nurt/threads/concurrent_future.hpp"
#include "nurt/threads/detail/bridge.hpp"
#include "nurt/threads/detail/carried_context.hpp"

namespace nurt {

// Runs fn(args...) as a task of that loop, from any thread, in a copy of the context variables of
// this one. Cancelling the future cancels the task, and a task that was cancelled cancels the future;
// so does a loop that is closed before it began.
// Throws usage_error when the loop is closed. Python: asyncio.run_coroutine_threadsafe.
template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto run_coroutine_threadsafe(event_loop& loop, Fn&& fn, Args&&... args);

// A future of the running loop with the same end. Cancelling either cancels both; when this loop is
// closed first, nothing happens here. A value that cannot be copied is moved out of the other.
// Python: asyncio.wrap_future.
template <class T>
future<T> wrap_future(concurrent_future<T> source);

// Implementation

namespace detail {

// Queued twice: to make the task, and a turn after the task's end, to pass its result on.
class crossing_base : public ready_node, public settle_listener, public bridge_end {
public:
    void run() noexcept override;
    void discard() noexcept override;
    void settled(future_base&) noexcept override;
    void called() noexcept override;  // the future was cancelled

protected:
    crossing_base(event_loop& loop, concurrent_base& result);
    virtual ~crossing_base();

    virtual task_base& make_task() = 0;  // gives a reference to it
    virtual void pass_value() = 0;

    task_base* task_ = nullptr;
    concurrent_base& result_;

private:
    void begin() noexcept;
    void pass_on() noexcept;

    event_loop& loop_;
    bridge* cancels_;
    carried_context context_;
};

template <class T, class Fn, class... Args>
class crossing final : public crossing_base {
public:
    template <class F, class... A>
    crossing(event_loop& loop, concurrent_state<T>& result, F&& fn, A&&... args)
        : crossing_base(loop, result), fn_(std::forward<F>(fn)), args_(std::forward<A>(args)...) {}

private:
    task_base& make_task() override {
        task<T> made = std::apply(
            [this](Args&... args) { return create_task(std::move(fn_), std::move(args)...); },
            args_);
        made.state().retain();
        return made.state();
    }
    void pass_value() override {
        auto& from = static_cast<task_state<T>&>(*task_);
        if constexpr (std::is_void_v<T>) {
            from.take();
        } else {
            static_cast<concurrent_state<T>&>(result_).result.set(from.take());
        }
    }

    Fn fn_;
    std::tuple<Args...> args_;
};

template <class T>
class wrapped_future final : public future_state<T>, public bridge_end {
public:
    explicit wrapped_future(concurrent_future<T>&& source)
        : source_(std::move(source)), bridge_(new bridge(event_loop::running(), *this)) {
        source_.add_done_callback(bridge_call(*bridge_));
    }
    ~wrapped_future() override { bridge_->cut(); }

    bool cancel(const shared_text& message) noexcept override {
        if (this->done()) {
            return false;
        }
        source_.cancel();  // false: its result comes too late
        this->settle_cancelled(message);
        return true;
    }
    void called() noexcept override;

private:
    void copy_value();

    concurrent_future<T> source_;
    bridge* bridge_;
};

template <class T>
void wrapped_future<T>::copy_value() {
    if constexpr (!std::is_void_v<T>) {
        if constexpr (std::is_reference_v<T> || !std::is_copy_constructible_v<T>) {
            this->result.set(static_cast<T&&>(source_.state().result.get()));
        } else {
            this->result.set(std::as_const(source_.state().result.get()));
        }
    }
}

template <class T>
void wrapped_future<T>::called() noexcept {
    if (this->done()) {
        return;
    }
    this->retain();  // a listener may drop the last handle
    if (source_.cancelled()) {
        this->settle_cancelled(shared_text());
    } else if (!source_.state().has_value()) {
        this->settle_error(source_.state().exception());
    } else {
        try {
            copy_value();
            this->settle(this->result);
        } catch (...) {  // the copy's error is the result
            this->settle_error(std::current_exception());
        }
    }
    this->release();
}

[[noreturn]] void throw_loop_closed();

}  // namespace detail

template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto run_coroutine_threadsafe(event_loop& loop, Fn&& fn, Args&&... args) {
    using T = typename std::invoke_result_t<std::decay_t<Fn>&, std::decay_t<Args>...>::value_type;
    using node = detail::crossing<T, std::decay_t<Fn>, std::decay_t<Args>...>;
    concurrent_future<T> made;
    made.state().made_by = &loop;
    auto* request = new node(loop, made.state(), std::forward<Fn>(fn), std::forward<Args>(args)...);
    if (!loop.push_ready_threadsafe(*request)) {
        request->discard();
        detail::throw_loop_closed();
    }
    return made;
}

template <class T>
future<T> wrap_future(concurrent_future<T> source) {
    return future<T>(new detail::wrapped_future<T>(std::move(source)));
}

}  // namespace nurt

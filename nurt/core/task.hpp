// SPDX-License-Identifier: MIT
// nurt/core/task.hpp: a coroutine that runs beside you.
#pragma once

#include <cstdint>
#include <optional>
#include <source_location>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "nurt/base/shared_text.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/detail/future_awaiter.hpp"
#include "nurt/core/future.hpp"
#include "nurt/loop/context.hpp"

namespace nurt {

namespace detail {
template <class T>
class task_state;
std::string_view task_name(task_base& task);
context context_of_task(task_base& task);
}  // namespace detail

// How a task is made. Python: the keywords of asyncio.create_task.
struct task_options {
    std::string_view name = {};              // empty: "Task-N"
    const nurt::context* context = nullptr;  // to run in; null: in a copy of the creator's
    // True: the first step is taken inside of create_task, and a task that never suspends has ended
    // when create_task returns. Only while the loop runs; empty: as its task factory says.
    std::optional<bool> eager_start = {};
};

// A handle to a scheduled coroutine. Copies refer to one task and compare by identity; they are not
// for other threads. The loop owns the task: dropping the last handle detaches it, and its error,
// if it ends with one, goes to the loop's exception handler.
//
// `co_await t` on an lvalue gives T const&, as often as you like; on an rvalue it moves the value
// out, after which others get invalid_state_error. An awaiter that is cancelled passes the
// cancellation on to the task. Python: asyncio.Task.
template <class T = void>
class [[nodiscard("dropping the handle detaches the task; say so with .detach()")]] task {
public:
    using value_type = T;

    task(const task& other) noexcept : state_(other.state_) { state_->retain(); }
    task(task&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    task& operator=(task other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~task() {
        if (state_ != nullptr) {
            state_->release();
        }
    }

    // Requests that cancelled_error be thrown at the await where the task is suspended, or at its
    // next one. False when it is done. A result that is there already wins over the request.
    // Debug mode: usage_error on another thread than its loop's.
    bool cancel(const char* message = "") const {
        detail::check_thread(state_->home());
        return state_->cancel(shared_text(message));
    }
    // How many requests are there; takes the newest one of a handle back, and returns the rest.
    std::uint32_t cancelling() const noexcept { return state_->cancelling(); }
    std::uint32_t uncancel() const noexcept { return state_->uncancel(); }

    bool done() const noexcept { return state_->done(); }
    bool cancelled() const noexcept { return state_->cancelled(); }
    // The value; throws the task's error, cancelled_error, or invalid_state_error before the end.
    decltype(auto) result() const { return std::as_const(*state_).view(); }
    // The error or nullptr; throws like result() when cancelled or not done.
    std::exception_ptr exception() const { return detail::exception_of(*state_); }

    // "Task-N" unless it was named. The view is valid until the name changes or the task is gone.
    std::string_view name() const { return detail::task_name(*state_); }
    void set_name(std::string_view name) const {
        state_->extra().name = shared_text(name.data(), name.size());
    }
    // Where it was created.
    std::source_location place() const noexcept { return state_->birth; }

    // Where its context variables are; shared, not copied. Python: Task.get_context.
    nurt::context context() const { return detail::context_of_task(*state_); }
    // Throws usage_error when its loop has gone.
    event_loop& loop() const { return detail::loop_of(*state_); }

    // Runs callback in a later turn after the end, in the order of the calls and in a copy of the
    // context of this call.
    done_callback add_done_callback(unique_function<void()> callback) const {
        return detail::add_done_callback(*state_, std::move(callback));
    }
    // How many were removed: 0 when it has been scheduled already.
    std::size_t remove_done_callback(done_callback callback) const noexcept {
        return detail::remove_done_callback(*state_, callback);
    }

    // Says that the handle is dropped on purpose.
    void detach() && noexcept { std::exchange(state_, nullptr)->release(); }

    bool operator==(const task& other) const noexcept { return state_ == other.state_; }

    auto operator co_await() const& noexcept {
        return detail::future_view<T, detail::task_base>(*state_);
    }
    auto operator co_await() && noexcept {
        return detail::future_take<T, detail::task_base>(*state_);
    }

    // For the runtime's combinators.
    using state_type = detail::task_state<T>;
    explicit task(state_type* adopted) noexcept : state_(adopted) {}
    state_type& state() const noexcept { return *state_; }

private:
    state_type* state_;
};

// Schedules a coroutine on the running loop; its first step is in the next turn. A lambda with
// captures is refused with usage_error: its captures may die before it runs. Give the lambda and
// its arguments instead.
template <class T>
task<T> create_task(coro<T> work, std::source_location place = std::source_location::current());
template <class T>
task<T> create_task(coro<T> work, std::string_view name,
                    std::source_location place = std::source_location::current());
template <class T>
task<T> create_task(coro<T> work, task_options options,
                    std::source_location place = std::source_location::current());

// The same for what gives a coroutine when awaited, as a request of http::client does.
template <detail::gives_coro A>
auto create_task(A&& request, std::source_location place = std::source_location::current());

namespace detail {
template <class Fn, class... Args>
concept coroutine_function = requires(Fn& fn, Args&... args) {
    typename std::invoke_result_t<Fn&, Args...>::promise_type;
} && is_coro<std::invoke_result_t<Fn&, Args...>>;

}  // namespace detail

// Stores the function and its arguments in the task, so that nothing they refer to by value can
// die before it ends; pass std::ref to share.
template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto create_task(Fn&& fn, Args&&... args);
template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto create_task(task_options options, Fn&& fn, Args&&... args);

// A task of unknown type, to look at. Null when a callback runs.
class task_view {
public:
    explicit operator bool() const noexcept { return task_ != nullptr; }
    std::string_view name() const { return detail::task_name(*task_); }
    std::uint32_t cancelling() const noexcept { return task_->cancelling(); }
    std::uint32_t uncancel() const noexcept { return task_->uncancel(); }
    bool cancel(const char* message = "") const {
        detail::check_thread(task_->home());
        return task_->cancel(shared_text(message));
    }
    bool operator==(const task_view&) const = default;
    template <class T>
    bool operator==(const task<T>& t) const noexcept {
        return task_ == &t.state();
    }

    explicit task_view(detail::task_base* t) noexcept : task_(t) {}
    detail::task_base* base() const noexcept { return task_; }

private:
    detail::task_base* task_;
};

// The task that is running; empty outside of one. Throws usage_error without a running loop.
// Valid until the task ends.
task_view current_task();

// Implementation

namespace detail {

template <class T>
class task_state : public settled_state<T, task_base> {
public:
    decltype(auto) view() const {
        if constexpr (std::is_void_v<T>) {
            const_cast<task_state*>(this)->get();
        } else {
            return std::as_const(const_cast<task_state*>(this)->get());
        }
    }

protected:
    using settled_state<T, task_base>::settled_state;
    ~task_state() = default;

    void end() noexcept override { this->finish(this->result); }
};

template <class T>
class plain_task_state final : public task_state<T> {
public:
    explicit plain_task_state(loop_core& loop) noexcept : task_state<T>(loop) {}
    void destroy() noexcept override { delete this; }
};

// Keeps what the coroutine refers to, until it has ended.
template <class T, class Fn, class... Args>
class stored_task_state final : public task_state<T> {
public:
    template <class F, class... A>
    explicit stored_task_state(loop_core& loop, F&& f, A&&... a)
        : task_state<T>(loop), stored_(std::forward<F>(f), std::forward<A>(a)...) {}
    ~stored_task_state() {
        if (!this->done()) {  // it never became a coroutine
            stored_.~content();
        }
    }

    void destroy() noexcept override { delete this; }
    coro<T> call() {
        return std::apply([this](Args&... args) { return stored_.fn(std::move(args)...); },
                          stored_.args);
    }

private:
    struct content {
        template <class F, class... A>
        explicit content(F&& f, A&&... a) : fn(std::forward<F>(f)), args(std::forward<A>(a)...) {}
        Fn fn;
        std::tuple<Args...> args;
    };

    void end() noexcept override {
        stored_.~content();
        task_state<T>::end();
    }

    union {
        content stored_;
    };
};

[[noreturn]] void refuse_capture(std::source_location place);
[[noreturn]] void throw_no_loop();

inline loop_core& loop_for_tasks() {
    if (this_thread.loop == nullptr) [[unlikely]] {
        throw_no_loop();
    }
    return *this_thread.core;  // while it runs it cannot be closed
}

// Hands the coroutine to its task.
template <class T>
void launch(loop_core& loop, task_state<T>& state, coro<T>& work, std::source_location place,
            start_mode mode = start_mode::as_loop) {
    void* frame = coro_access<T>::release(work);
    coro_access<T>::promise_of(frame).slot = &state.result;
    state.start(loop, frame, place, mode);
}

// Before it starts: its name and its context.
start_mode apply(const task_options& options, task_base& task);

template <class T>
void check_spawned(coro<T>& work, std::source_location place) {
    if (!work) [[unlikely]] {
        throw_awaited_twice();
    }
    if (coro_access<T>::captures(work)) [[unlikely]] {
        coro_access<T>::drop(work);
        refuse_capture(place);
    }
    if (this_thread.loop == nullptr) [[unlikely]] {
        coro_access<T>::drop(work);
        throw_no_loop();
    }
}

// The caller has checked the coroutine.
template <class T>
task_state<T>& spawn(coro<T>& work, std::source_location place) {
    loop_core& loop = loop_for_tasks();
    auto& state = *new plain_task_state<T>(loop);
    launch<T>(loop, state, work, place);
    return state;
}

}  // namespace detail

template <class T>
task<T> create_task(coro<T> work, std::source_location place) {
    detail::check_spawned(work, place);
    return task<T>(&detail::spawn(work, place));
}

template <class T>
task<T> create_task(coro<T> work, task_options options, std::source_location place) {
    detail::check_spawned(work, place);
    detail::loop_core& loop = detail::loop_for_tasks();
    auto* state = new detail::plain_task_state<T>(loop);
    task<T> made(state);
    detail::launch<T>(loop, *state, work, place, detail::apply(options, *state));
    return made;
}

template <class T>
task<T> create_task(coro<T> work, std::string_view name, std::source_location place) {
    return create_task(std::move(work), task_options{.name = name}, place);
}

template <detail::gives_coro A>
auto create_task(A&& request, std::source_location place) {
    return create_task(std::forward<A>(request).operator co_await(), place);
}

template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto create_task(task_options options, Fn&& fn, Args&&... args) {
    using T = typename std::invoke_result_t<std::decay_t<Fn>&, std::decay_t<Args>...>::value_type;
    using state_type = detail::stored_task_state<T, std::decay_t<Fn>, std::decay_t<Args>...>;
    detail::loop_core& loop = detail::loop_for_tasks();
    auto* state = new state_type(loop, std::forward<Fn>(fn), std::forward<Args>(args)...);
    task<T> made(state);
    state->release();  // the loop's, until it has one: the state goes if the call throws
    coro<T> work = state->call();
    state->retain();
    detail::launch<T>(loop, *state, work, detail::coro_access<T>::place(work),
                      detail::apply(options, *state));
    return made;
}

template <class Fn, class... Args>
    requires detail::coroutine_function<std::decay_t<Fn>, std::decay_t<Args>...>
auto create_task(Fn&& fn, Args&&... args) {
    return create_task(task_options{}, std::forward<Fn>(fn), std::forward<Args>(args)...);
}

}  // namespace nurt

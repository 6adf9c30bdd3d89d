// SPDX-License-Identifier: MIT
// nurt/core/run.hpp: from main() into the asynchronous world and back.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/task.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

struct run_options {
    // How long tasks that are left at the end may take to clean up after they were cancelled.
    duration shutdown_grace = seconds(5);
    // How long work in other threads that nobody waits for any more may take to end. The source is
    // asyncio.constants.THREAD_JOIN_TIMEOUT.
    duration thread_grace = seconds(300);
    // Ctrl-C cancels the main task; the second one stops the program at once.
    bool handle_interrupt = true;
    // Debug mode, as event_loop::set_debug; NURT_DEBUG=1 in the environment turns it on as well.
    bool debug = false;
    // Another order of what runs in one turn, as event_loop::set_shuffle_seed; 0: the usual one, or
    // that of NURT_SHUFFLE.
    std::uint64_t shuffle_seed = 0;
    // How the loop waits for the kernel. Services that bring a backend of their own keep it.
    io::backend_kind backend = io::backend_kind::automatic;
};

// Tasks did not end within the grace at the end of run(). They and what they wait for are leaked
// on purpose; their names and places are in the message.
class shutdown_error : public error {
public:
    using error::error;
};

// A loop that runs several coroutines one after the other. Not for other threads.
//
// The end of its life, or close(), cancels the tasks that are left, waits for them for the grace,
// closes asynchronous generators, waits for threads that were left alone, and closes the loop.
// Python: asyncio.Runner.
class runner {
public:
    explicit runner(run_options options = {}) : runner(services(), options) {}
    explicit runner(services parts, run_options options = {});
    runner(const runner&) = delete;
    runner& operator=(const runner&) = delete;
    ~runner();

    event_loop& loop() noexcept { return loop_; }

    // Runs until `work` ends; gives its value or throws its error. Ctrl-C cancels it, and if that is
    // what ended it, keyboard_interrupt is thrown.
    //
    // All of them run in one context, the runner's, unless they are given another: what the first
    // sets, the second sees.
    template <class T>
    T run(coro<T> work, std::source_location place = std::source_location::current());
    template <class T>
    T run(coro<T> work, const context& in,
          std::source_location place = std::source_location::current());

    // May be repeated. Throws shutdown_error if tasks would not end.
    void close();

private:
    void run_until_done(detail::task_base& main);
    void cancel_leftovers();
    void close_generators();
    void await_threads();
    void check_usable() const;
    void enter(detail::task_base& main, const context& in);

    class interrupt_node;
    class watched;

    std::unique_ptr<interrupt_node> interrupt_;  // before the loop: it may be in its queue
    event_loop loop_;
    run_options options_;
    context context_ = copy_context();
    bool closed_ = false;
};

// run(main()) makes a loop, runs the coroutine, ends what is left and closes the loop.
// Python: asyncio.run.
template <class T>
T run(coro<T> work, run_options options = {},
      std::source_location place = std::source_location::current());
template <class T>
T run(coro<T> work, services parts, run_options options = {},
      std::source_location place = std::source_location::current());

// Implementation

template <class T>
T runner::run(coro<T> work, std::source_location place) {
    return run(std::move(work), context_, place);
}

template <class T>
T runner::run(coro<T> work, const context& in, std::source_location place) {
    check_usable();
    if (!work) {
        detail::throw_awaited_twice();
    }
    task<T> main(new detail::plain_task_state<T>(loop_.core()));
    enter(main.state(), in);
    detail::launch<T>(loop_.core(), main.state(), work, place);
    run_until_done(main.state());
    return static_cast<T>(main.state().take());
}

template <class T>
T run(coro<T> work, services parts, run_options options, std::source_location place) {
    runner r(std::move(parts), options);
    if constexpr (std::is_void_v<T>) {
        r.run(std::move(work), place);
        r.close();
    } else {
        T value = r.run(std::move(work), place);
        r.close();
        return value;
    }
}

template <class T>
T run(coro<T> work, run_options options, std::source_location place) {
    return run(std::move(work), services(), options, place);
}

}  // namespace nurt

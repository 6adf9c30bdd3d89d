// SPDX-License-Identifier: MIT
// nurt/core/run.hpp: from main() into the asynchronous world and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/loop_group.hpp"
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
    // How many loops run the function that run() is given, each on a thread; 0: one for each
    // processor that the process may use.
    std::size_t loops = 1;
    // As event_loop::set_memory_limit, for each loop.
    std::size_t memory_limit = 0;
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

namespace detail {
// What run() calls on each loop.
template <class Fn>
concept loop_function =
    coroutine_function<std::decay_t<Fn>> || coroutine_function<std::decay_t<Fn>, loop_group>;
}  // namespace detail

// run(fn, {.loops = n}) calls fn(), or fn(loop_group), which gives a coro<void>, once on each of n
// loops: the first on this thread, each of the others on one of its own, on which every signal is
// blocked. Each loop has a copy of fn, and of the context variables; the options hold for each.
// Start a server on each of them with {.reuse_port = true}, and the kernel spreads the connections.
//
// It ends when every coroutine has. The first error, Ctrl-C and loop_group::stop() cancel those that
// run, and those that have not begun never do. Several errors come out in one exception_group; what
// was cancelled here is none of them. Without an error Ctrl-C gives keyboard_interrupt, if it ended a
// coroutine. Services are those of one loop, so with them there is one.
template <detail::loop_function Fn>
void run(Fn fn, run_options options = {},
         std::source_location place = std::source_location::current());
template <detail::loop_function Fn>
void run(Fn fn, services parts, run_options options = {},
         std::source_location place = std::source_location::current());

// Implementation

namespace detail {

class loop_main {
public:
    virtual std::size_t copies() const noexcept = 0;  // for as many loops
    virtual coro<> call(loop_group here) = 0;

protected:
    ~loop_main() = default;
};

template <class Fn>
class loop_main_of final : public loop_main {
public:
    loop_main_of(const Fn& fn, std::size_t loops) : each_(loops, fn) {}

    std::size_t copies() const noexcept override { return each_.size(); }
    coro<> call(loop_group here) override {
        Fn& fn = each_[here.index()];
        if constexpr (std::is_invocable_v<Fn&, loop_group>) {
            return fn(here);
        } else {
            return fn();
        }
    }

private:
    std::vector<Fn> each_;
};

template <class Fn>
constexpr bool gives_nothing() {
    if constexpr (std::is_invocable_v<Fn&, loop_group>) {
        return std::is_same_v<std::invoke_result_t<Fn&, loop_group>, coro<void>>;
    } else {
        return std::is_same_v<std::invoke_result_t<Fn&>, coro<void>>;
    }
}

// Throw usage_error when the options do not fit.
std::size_t number_of_loops(const run_options& options, bool own_services);
void check_one_loop(const run_options& options);
// parts: null for the machine's.
void run_loops(loop_main& work, services* parts, const run_options& options,
               std::source_location place);

template <class Fn>
void run_function(Fn& fn, services* parts, const run_options& options, std::source_location place) {
    static_assert(std::is_copy_constructible_v<Fn>, "each loop gets a copy of the function");
    static_assert(gives_nothing<Fn>(), "with several loops there is no result: give a coro<void>");
    loop_main_of<Fn> work(fn, number_of_loops(options, parts != nullptr));
    run_loops(work, parts, options, place);
}

}  // namespace detail

template <detail::loop_function Fn>
void run(Fn fn, run_options options, std::source_location place) {
    detail::run_function(fn, nullptr, options, place);
}

template <detail::loop_function Fn>
void run(Fn fn, services parts, run_options options, std::source_location place) {
    detail::run_function(fn, &parts, options, place);
}

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

// SPDX-License-Identifier: MIT
// nurt/loop/event_loop.hpp: one thread, one queue.
//
// A turn of the loop runs what was ready when it began; whatever becomes ready meanwhile waits for
// the next turn, so nobody starves. Between turns the loop asks the kernel: when nothing is ready,
// or after 64 resumptions or 100 microseconds, and never while nothing is in flight and no timer
// is armed. Completions come before timers, and both only enter the queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string_view>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/loop/debug.hpp"
#include "nurt/loop/fork_guard.hpp"
#include "nurt/loop/handle.hpp"
#include "nurt/loop/mailbox.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/resident.hpp"
#include "nurt/loop/services.hpp"
#include "nurt/loop/thread_state.hpp"
#include "nurt/loop/threadsafe_handle.hpp"
#include "nurt/loop/timer_heap.hpp"

namespace nurt {

class instrument;
struct loop_statistics;

namespace detail {
class descriptor_watches;
class memory_guard;
class observation;
class signal_handlers;
}  // namespace detail

// What the exception handler of a loop is told: an error that no code could receive.
struct error_context {
    std::string_view message;    // what was going on
    std::exception_ptr error;    // may be null
    std::string_view task_name;  // may be empty
    std::string_view place;      // "file:line" where the task was created; may be empty
};

// How a loop makes tasks: their first step in the next turn, or at once inside of create_task.
enum class task_factory : std::uint8_t { lazy, eager };
inline constexpr task_factory eager_task_factory = task_factory::eager;

// Belongs to the thread that runs it; only call_soon_threadsafe and stop_threadsafe may be called
// elsewhere. After fork() the child's copy is closed: make a new loop there. If the child was made by
// what runs in the loop and comes back to it, run_forever throws usage_error.
// Python: asyncio.AbstractEventLoop.
class event_loop : private detail::loop_core {
public:
    using exception_handler = unique_function<void(const error_context&)>;

    explicit event_loop(services s = {});
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;
    ~event_loop();

    // The loop that is running on this thread; throws usage_error when there is none.
    static event_loop& running();
    static event_loop* running_or_null() noexcept { return detail::this_thread.loop; }
    // The running loop, or between runs the one that ran last on this thread.
    static event_loop& here() noexcept {
        return static_cast<event_loop&>(*detail::this_thread.core);
    }

    // Runs until stop(). Throws what a callback threw that is not a std::exception.
    void run_forever();
    // Runs one turn; waits at most `timeout` when nothing is ready.
    void run_once(duration timeout = duration::zero());
    // For programs whose main loop is another one, a window system's for instance:
    //
    //     const instant until = loop.prepare();
    //     ...the other loop waits until then, or until loop.descriptor() is readable...
    //     loop.dispatch();
    //
    // prepare() hands over what is to be done by the kernel, and says when dispatch(), which runs
    // one turn, has to be called at the latest: instant::never() is never, the past means now.
    instant prepare();
    // To be polled for reading; -1 if the backend has none (a simulated one).
    int descriptor() const noexcept { return services_.backend->descriptor(); }
    void dispatch();
    // Lets the turn that is running end, then run_forever returns.
    void stop() noexcept { attention_ |= attention_stop; }
    void stop_threadsafe();
    // Drops what is scheduled. The loop must not be running; a second close does nothing. Other
    // threads may call meanwhile what they may call at all.
    void close();
    bool is_running() const noexcept { return running_; }
    bool is_closed() const noexcept { return closed_; }

    // Callbacks run in a later turn, in the order of the calls; an exception goes to the handler.
    // Debug mode: usage_error from other threads while the loop runs.
    handle call_soon(unique_function<void()> callback);
    handle call_later(duration delay, unique_function<void()> callback);
    handle call_at(instant when, unique_function<void()> callback);
    // From any thread; wakes the loop. The callback is destroyed where it ran or was cancelled, or
    // by close(). Throws usage_error when the loop is closed.
    threadsafe_handle call_soon_threadsafe(unique_function<void()> callback);

    // The callback runs in a later turn after the signal has arrived, wherever that was; several of
    // a kind may be told as one, but no kind is lost. One callback a signal; it ends with the loop.
    // Other loops may have theirs for the same signal. What the signal did before (for SIGINT: end
    // run() by keyboard_interrupt) it does again when the last of them is removed. usage_error for
    // signals that cannot be caught. See nurt/sync/signals.hpp for coroutines.
    // Python: loop.add_signal_handler.
    void add_signal_handler(int signal, unique_function<void()> callback);
    // False if there was none.
    bool remove_signal_handler(int signal);

    // For descriptors of other libraries: the callback runs in each turn in which the descriptor can
    // be read, or written, so it has to read, or to write, or to be removed. A second one takes the
    // place of the first. The descriptor stays its owner's, who removes the callback before closing it.
    // os_error: EBADF for what is not open, EPERM for files and folders, which are always ready (see
    // to_thread). usage_error while a sock_* function waits in that direction, and for a descriptor of a
    // stream, server, datagram socket or child of this loop, which waits for it itself.
    // Python: loop.add_reader, loop.add_writer.
    void add_reader(int descriptor, unique_function<void()> callback);
    void add_writer(int descriptor, unique_function<void()> callback);
    // True if there was one; it will not run any more, even if its descriptor is ready in this turn.
    bool remove_reader(int descriptor) noexcept;
    bool remove_writer(int descriptor) noexcept;

    // Reads the clock.
    instant time() const noexcept { return clock_->now(); }
    // The clock as it was when the loop last looked; what timers are compared with.
    instant cached_time() const noexcept { return now_; }

    // Errors nobody retrieved and exceptions of callbacks. The default writes to standard error.
    // An error of the handler itself, or one that arrives while it runs, goes to the default.
    void set_exception_handler(exception_handler handler) {
        handler_ = std::move(handler);
        handler_changed_ = true;
    }
    void call_exception_handler(const error_context& context) noexcept;
    static void default_exception_handler(const error_context& context) noexcept;

    // Hears of tasks, callbacks and waits from the next turn on; nurt/loop/instrument.hpp. It has to
    // be removed before its end, unless the loop has ended.
    void add_instrument(instrument& one);
    void remove_instrument(const instrument& one) noexcept;

    // Looks for slow steps, coroutines that nobody awaits, calls from foreign threads, swallowed
    // cancellations and wait cycles. Off, unless NURT_DEBUG is set to something but 0. From the next
    // turn on. Python: loop.set_debug, PYTHONASYNCIODEBUG.
    void set_debug(bool on);
    bool debug() const noexcept { return loop_core::debug; }
    // From how long on a step is slow; 100 ms unless it was set.
    void set_slow_callback_duration(duration limit);
    duration slow_callback_duration() const noexcept;
    // Runs what is ready in one turn in another order, drawn from the seed, wherever none is promised:
    // tasks that were woken by different steps. Tests that still pass do not rely on it. 0, or no
    // NURT_SHUFFLE in the environment: in the order of waking.
    void set_shuffle_seed(std::uint64_t seed);
    // Receives what debug mode finds. The default writes the message to standard error.
    using debug_handler = unique_function<void(const debug_report&)>;
    void set_debug_handler(debug_handler handler);
    void call_debug_handler(const debug_report& report) noexcept;

    // What it has done and what it holds; nurt/loop/statistics.hpp. Looks at every task, so not for
    // every request.
    loop_statistics statistics();
    // Bytes of frames and buffers, as in statistics(); 0: none. While there are more, each listener
    // accepts one connection, and each connection receives once, in a tenth of a second; so a program
    // whose own tasks need that much goes on, slowly. What it does apart from that goes on as ever,
    // and when an eighth of the limit is free, so does input. In debug mode the first time is
    // reported. A simulated network is not held back.
    void set_memory_limit(std::size_t bytes);

    // Every service; resolver and executor are filled in by the parts that first need them.
    services& parts() noexcept { return services_; }
    io::backend& backend() noexcept { return *services_.backend; }
    random_source& random();

    // For tasks whose options do not say it. Python: loop.set_task_factory(eager_task_factory).
    void set_task_factory(nurt::task_factory factory) noexcept;
    nurt::task_factory task_factory() const noexcept;

    // For operations that were ready at once: after 128 of them in one turn the answer is false,
    // and the operation lets others run before it goes on.
    bool spend_budget() noexcept { return budget_ != 0 && (--budget_, true); }

    // For the runtime's own nodes.
    void push_ready(ready_node& node) noexcept { ready.push(node); }
    // As push_ready, from any thread. False: the loop is closed, and the node was not taken.
    bool push_ready_threadsafe(ready_node& node) noexcept { return inbox_->push(node); }
    // For threads that may come back after the loop's end: they retain it.
    detail::mailbox& inbox() noexcept { return *inbox_; }
    // Work of other threads that will post its end here, though no task need wait for it. The end of
    // run() does.
    void begin_outside_work() noexcept { ++outside_work_; }
    void end_outside_work() noexcept { --outside_work_; }
    std::size_t outside_work() const noexcept { return outside_work_; }
    // It hears when the loop closes, and moves out if it ends before.
    void add_resident(detail::resident& one) noexcept { one.move_in(residents_); }
    timer_heap& timers() noexcept { return timers_; }
    // A channel on which to wait for somebody else's descriptor, once; attempt begins the text of
    // errors, which are those of add_reader.
    io::channel& watch(int descriptor, bool writes, std::string_view attempt);
    void unwatch(int descriptor, bool writes) noexcept;
    detail::loop_core& core() noexcept { return *this; }
    // Ends run_forever with this exception after the running turn.
    void fail(std::exception_ptr error) noexcept;
    std::uint64_t turns() const noexcept { return turns_; }
    // Debug mode: throws usage_error when the loop runs, and not on this thread.
    void check_thread() const;
    // Where the task that runs was suspended before this step; known in debug mode.
    std::source_location step_place() const noexcept;

private:
    static constexpr unsigned look_after_resumptions = 16;  // when nothing is awaited but tasks
    static constexpr unsigned poll_after_resumptions = 64;
    static constexpr std::uint64_t poll_after_ticks = 300'000;  // about 100 us at 3 GHz
    static constexpr unsigned budget_per_turn = 128;

    static constexpr std::uint8_t attention_stop = 1;
    static constexpr std::uint8_t attention_observed = 2;

    detail::descriptor_watches& watches();
    void begin_turn(instant limit);
    void turn(instant limit);
    void observed_turn(instant limit);
    detail::observation& observe();
    void update_attention() noexcept;
    bool stopping() const noexcept { return (attention_ & attention_stop) != 0; }
    void poll(instant limit);
    void wait(instant limit);
    void look_around(instant limit);
    void look_at_memory() noexcept;
    void expire_timers() noexcept;
    void drain_inbox() noexcept;
    void end_preparation() noexcept;
    void see_residents_off() noexcept;
    void check_open() const {
        if (closed_) {
            throw_closed();
        }
    }
    [[noreturn]] void throw_closed() const;
    friend struct detail::loop_list;
    void after_fork() noexcept;  // in the child
    void check_use() const;
    handle schedule(instant when, unique_function<void()> callback);

    detail::mailbox* inbox_ = nullptr;  // what other threads have posted
    std::uint64_t turns_ = 0;
    instant now_;
    timer_heap timers_;
    unsigned resumptions_ = 0;                   // since the kernel was last asked
    unsigned look_at_ = look_after_resumptions;  // so many of them, and the loop looks around
    unsigned budget_ = budget_per_turn;
    std::uint64_t polled_at_ = 0;  // ticks
    std::uint8_t attention_ = 0;   // why the plain turns have to be left
    bool running_ = false;
    bool closed_ = false;
    bool prepared_ = false;  // asleep, while somebody else waits
    bool forked_ = false;    // and this is the child
    std::size_t outside_work_ = 0;
    std::uint64_t steps_ = 0;  // without those in resumptions_
    std::uint64_t waits_ = 0;
    std::uint64_t messages_ = 0;
    nurt::clock* clock_ = nullptr;
    services services_;
    exception_handler handler_;
    bool handler_changed_ = false;
    std::exception_ptr failure_;
    intrusive_list<detail::resident, detail::resident_link> residents_;
    std::unique_ptr<detail::signal_handlers> signals_;
    std::unique_ptr<detail::observation> observation_;
    std::unique_ptr<detail::memory_guard> memory_;         // if there is a limit
    std::unique_ptr<detail::descriptor_watches> watches_;  // null: never asked for
    detail::fork_guard guard_;  // last: it may find the loop as soon as it is made
};

}  // namespace nurt

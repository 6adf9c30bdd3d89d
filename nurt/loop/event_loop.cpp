// SPDX-License-Identifier: MIT
#include "nurt/loop/event_loop.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/io/environment.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/loop/callback_node.hpp"
#include "nurt/loop/detail/descriptor_watches.hpp"
#include "nurt/loop/detail/memory_guard.hpp"
#include "nurt/loop/detail/observation.hpp"
#include "nurt/loop/detail/signal_handlers.hpp"
#include "nurt/loop/machine_random.hpp"
#include "nurt/loop/monotonic_clock.hpp"
#include "nurt/loop/threadsafe_node.hpp"

namespace nurt {

namespace {

// Cheap time for "has it been long": no unit, and it may differ between processors.
std::uint64_t ticks([[maybe_unused]] clock& c) noexcept {
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    return static_cast<std::uint64_t>(c.now().count()) * 3;
#endif
}

// Marks the loop as running on this thread while it lives.
class running_mark {
public:
    running_mark(event_loop& loop, bool& flag) : flag_(flag) {
        if (detail::this_thread.loop != nullptr) {
            throw usage_error("this event loop or another one is already running in this thread");
        }
        flag_ = true;
        detail::this_thread.loop = &loop;
        detail::this_thread.core = &loop.core();
        detail::this_thread.home = loop.core().home;
        outside_ = std::exchange(detail::this_thread.context, nullptr);
    }
    running_mark(const running_mark&) = delete;
    running_mark& operator=(const running_mark&) = delete;
    ~running_mark() {
        flag_ = false;
        detail::this_thread.loop = nullptr;
        detail::release(std::exchange(detail::this_thread.context, outside_));
    }

private:
    bool& flag_;
    detail::context_box* outside_;  // plain code's: tasks and callbacks bring their own
};

// The loop sleeps while this lives, unless something was posted before. A simulated backend throws
// when nobody can ever wake it.
class nap {
public:
    explicit nap(detail::mailbox& inbox) noexcept : inbox_(inbox), asleep_(inbox.fall_asleep()) {}
    nap(const nap&) = delete;
    nap& operator=(const nap&) = delete;
    ~nap() {
        if (asleep_) {
            inbox_.wake_up();
        }
    }
    bool asleep() const noexcept { return asleep_; }

private:
    detail::mailbox& inbox_;
    const bool asleep_;
};

void discard_all(ready_node* node) noexcept {
    while (node != nullptr) {
        ready_node* next = node->next_ready;
        node->discard();
        node = next;
    }
}

services complete(services s) {
    if (!s.clock) {
        s.clock = make_monotonic_clock();
    }
    if (!s.backend) {
        s.backend = io::make_backend();
    }
    return s;
}

}  // namespace

event_loop::event_loop(services s) : services_(complete(std::move(s))), guard_(*this) {
    clock_ = services_.clock.get();
    now_ = clock_->now();
    home = detail::claim_home(*this);
    inbox_ = new detail::mailbox(*services_.backend);
    if (io::environment_says("NURT_DEBUG")) {
        set_debug(true);
    }
    if (const char* seed = io::environment("NURT_SHUFFLE")) {
        set_shuffle_seed(std::strtoull(seed, nullptr, 0));
    }
}

event_loop::~event_loop() {
    if (!running_) {
        close();
    }
    see_residents_off();
    detail::release_home(home);
    inbox_->release();
    if (detail::this_thread.core == this) {
        detail::this_thread.core = nullptr;
        detail::this_thread.home = 0;
    }
}

// Made when it is first asked for: seeding costs system calls, and few programs roll dice.
random_source& event_loop::random() {
    if (!services_.random) {
        services_.random = make_machine_random();
    }
    return *services_.random;
}

void event_loop::set_task_factory(nurt::task_factory factory) noexcept {
    constexpr auto bit = std::uint8_t{detail::start_eagerly};
    on_start = static_cast<std::uint8_t>(on_start & ~bit);
    if (factory == task_factory::eager) {
        on_start = static_cast<std::uint8_t>(on_start | bit);
    }
}

task_factory event_loop::task_factory() const noexcept {
    return (on_start & detail::start_eagerly) != 0 ? task_factory::eager : task_factory::lazy;
}

event_loop& event_loop::running() {
    if (detail::this_thread.loop == nullptr) {
        throw usage_error("no running event loop");
    }
    return *detail::this_thread.loop;
}

// The common turn costs a few comparisons: something is ready, and neither the kernel nor the other
// threads need be asked yet.
[[gnu::always_inline]] inline void event_loop::begin_turn(instant limit) {
    if (ready.empty() || resumptions_ >= look_at_) [[unlikely]] {
        look_around(limit);
    }
    if (timers_.earliest() <= now_) [[unlikely]] {
        expire_timers();
    }
    budget_ = budget_per_turn;
    ++turns_;
}

[[gnu::always_inline]] inline void event_loop::turn(instant limit) {
    begin_turn(limit);
    unsigned count = 0;
    for (ready_node* node = ready.take(); node != nullptr; ++count) {
        ready_node* next = node->next_ready;  // the node may be gone, or queued again, after run
        node->run();
        node = next;
    }
    resumptions_ += count;
}

void event_loop::run_forever() {
    check_open();
    end_preparation();
    {
        const running_mark mark(*this, running_);
        do {
            if ((attention_ & attention_observed) != 0) [[unlikely]] {
                observed_turn(instant::never());
                continue;
            }
            do {
                turn(instant::never());
            } while (attention_ == 0);
        } while (!stopping());
        attention_ &= static_cast<std::uint8_t>(~attention_stop);
    }
    if (failure_) {
        std::rethrow_exception(std::exchange(failure_, nullptr));
    }
}

void event_loop::run_once(duration timeout) {
    check_open();
    end_preparation();
    {
        const running_mark mark(*this, running_);
        const instant limit = time() + timeout;
        if ((attention_ & attention_observed) != 0) {
            observed_turn(limit);
        } else {
            turn(limit);
        }
    }
    if (failure_) {
        std::rethrow_exception(std::exchange(failure_, nullptr));
    }
}

// Compiled apart from turn(), so that a loop that nobody watches does not even ask.
void event_loop::observed_turn(instant limit) {
    detail::observation& seen = *observation_;
    begin_turn(limit);
    seen.news();
    unsigned count = 0;
    ready_node* node = seen.taken(ready.take());
    for (; node != nullptr; ++count) {
        ready_node* next = node->next_ready;
        seen.run(*node);
        node = next;
    }
    resumptions_ += count;
}

instant event_loop::prepare() {
    check_open();
    if (prepared_) {
        throw usage_error("prepare() is followed by dispatch()");
    }
    const running_mark mark(*this, running_);
    services_.backend->wait(instant());
    const instant now = time();
    const instant first = timers_.earliest();
    if (!ready.empty() || first <= now || !inbox_->fall_asleep()) {
        return now;
    }
    prepared_ = true;
    const instant latest = services_.backend->sleep_begins();
    return first < latest ? first : latest;
}

void event_loop::dispatch() {
    run_once();
}

void event_loop::end_preparation() noexcept {
    if (std::exchange(prepared_, false)) {
        services_.backend->sleep_ends();
        inbox_->wake_up();
    }
}

void event_loop::look_around(instant limit) {
    if (!inbox_->empty()) {
        drain_inbox();
    }
    if (ready.empty()) {
        poll(stopping() ? instant() : limit);
        return;
    }
    const bool awaited = !timers_.empty() || services_.backend->in_flight() != 0;
    look_at_ = awaited ? 1 : look_after_resumptions;
    if (!awaited) {
        steps_ += std::exchange(resumptions_, 0);
    } else if (resumptions_ >= poll_after_resumptions ||
               (!clock_->simulated() && ticks(*clock_) - polled_at_ > poll_after_ticks)) {
        poll(instant());
    }
}

// Waits until the limit at most; a limit that has passed only looks.
void event_loop::poll(instant limit) {
    steps_ += std::exchange(resumptions_, 0);
    if (memory_ != nullptr) [[unlikely]] {
        look_at_memory();
    }
    polled_at_ = ticks(*clock_);
    if (limit > now_) {
        const nap sleeping(*inbox_);
        wait(sleeping.asleep() ? limit : instant());
    } else if (services_.backend->in_flight() != 0) {
        wait(limit);
    }
    if (!inbox_->empty()) {
        drain_inbox();
    }
    now_ = clock_->now();
}

void event_loop::wait(instant limit) {
    ++waits_;
    const instant first = timers_.earliest();
    const instant until = first < limit ? first : limit;
    if ((attention_ & attention_observed) != 0) [[unlikely]] {
        observation_->io_wait_begins(until);
    }
    services_.backend->wait(until);
    if ((attention_ & attention_observed) != 0) [[unlikely]] {
        observation_->io_wait_ends();
    }
}

void event_loop::expire_timers() noexcept {
    while (timer_node* due = timers_.pop_due(now_)) {
        due->expire();
    }
}

void event_loop::drain_inbox() noexcept {
    ready_node* oldest = inbox_->take();
    while (oldest != nullptr) {
        ready_node* next = oldest->next_ready;
        ready.push(*oldest);
        ++messages_;
        oldest = next;
    }
}

void event_loop::stop_threadsafe() {
    call_soon_threadsafe([this] { stop(); });
}

void event_loop::close() {
    if (running_) {
        throw usage_error("cannot close a running event loop");
    }
    if (std::exchange(closed_, true)) {
        return;
    }
    end_preparation();
    see_residents_off();
    if (signals_) {
        signals_->remove_all();
    }
    if (watches_) {
        watches_->clear();
    }
    discard_all(inbox_->close());
    discard_all(ready.take());
    while (timer_node* node = timers_.pop()) {
        node->discard();
    }
    while (generators.pop_front() != nullptr) {  // they unlink themselves when they are destroyed
    }
}

void event_loop::see_residents_off() noexcept {
    while (detail::resident* one = residents_.pop_front()) {
        one->loop_closes();
    }
}

void event_loop::throw_closed() const {
    throw usage_error(forked_ ? "this event loop belongs to the parent process: make a new one"
                              : "event loop is closed");
}

// What is scheduled stays where it is: it belongs to the parent.
void event_loop::after_fork() noexcept {
    closed_ = forked_ = true;
    if (inbox_ != nullptr) {
        inbox_->after_fork();
    }
    services_.backend->after_fork();
    if (running_) {
        fail(std::make_exception_ptr(
            usage_error("the child of a fork() returned to the event loop of its parent")));
    }
}

void event_loop::check_use() const {
    check_open();
    if (loop_core::debug) [[unlikely]] {
        check_thread();
    }
}

handle event_loop::call_soon(unique_function<void()> callback) {
    check_use();
    auto* node = new detail::callback_node(*this, std::move(callback));
    node->context = detail::copy_of_current();
    push_ready(*node);
    return handle(node);
}

handle event_loop::call_later(duration delay, unique_function<void()> callback) {
    // A delay of nothing is due in the next turn, whatever the clock says by then.
    return schedule(delay == duration::zero() ? now_ : time() + delay, std::move(callback));
}

handle event_loop::call_at(instant when, unique_function<void()> callback) {
    return schedule(when, std::move(callback));
}

handle event_loop::schedule(instant when, unique_function<void()> callback) {
    check_use();
    auto* node = new detail::callback_node(*this, std::move(callback));
    node->when = when;
    node->context = detail::copy_of_current();
    timers_.add(*node, when);
    return handle(node);
}

threadsafe_handle event_loop::call_soon_threadsafe(unique_function<void()> callback) {
    auto* node = new detail::threadsafe_node(*this, std::move(callback));
    threadsafe_handle made(node);
    if (!push_ready_threadsafe(*node)) {
        node->discard();
        throw_closed();
    }
    return made;
}

void event_loop::add_signal_handler(int signal, unique_function<void()> callback) {
    check_use();
    if (!signals_) {
        signals_ = std::make_unique<detail::signal_handlers>(*this);
    }
    signals_->add(signal, std::move(callback));
}

bool event_loop::remove_signal_handler(int signal) {
    check_use();
    return signals_ && signals_->remove(signal);
}

void event_loop::fail(std::exception_ptr error) noexcept {
    if (!failure_) {
        failure_ = std::move(error);
    }
    attention_ |= attention_stop;
}

void event_loop::call_exception_handler(const error_context& context) noexcept {
    if (!handler_) {
        default_exception_handler(context);
        return;
    }
    // Taken out while it runs, for it may put another one in its place.
    exception_handler mine = std::move(handler_);
    handler_changed_ = false;
    try {
        mine(context);
    } catch (const std::exception&) {
        default_exception_handler(context);
        default_exception_handler(
            {"the exception handler failed", std::current_exception(), {}, {}});
    } catch (...) {
        fail(std::current_exception());
    }
    if (!handler_changed_) {
        handler_ = std::move(mine);
    }
}

void event_loop::default_exception_handler(const error_context& context) noexcept {
    try {
        std::string line(context.message);
        if (!context.task_name.empty()) {
            line.append(" in ").append(context.task_name);
        }
        if (!context.place.empty()) {
            line.append(" created at ").append(context.place);
        }
        if (context.error) {
            line.append(": ").append(describe(context.error));
        }
        line += '\n';
        std::fputs(line.c_str(), stderr);
    } catch (...) {  // no memory for the text: the bare message, and on
        std::fputs("error in event loop\n", stderr);
    }
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
#include "nurt/core/run.hpp"

#include <memory>
#include <string>

#include "nurt/core/async_generator.hpp"
#include "nurt/io/interrupt.hpp"

namespace nurt {

namespace {

using detail::future_base;
using detail::settle_listener;
using detail::task_base;

// Stops the loop when the task has ended; in the turn after that, so that what the task scheduled
// last, and its done callbacks, still run.
class stop_at_end final : public settle_listener {
public:
    stop_at_end(event_loop& loop, task_base& task) : loop_(loop), task_(task) {
        task.listen(*this);
    }
    ~stop_at_end() {
        task_.unlisten(*this);
        stop_.cancel();
    }
    void settled(future_base&) noexcept override {
        if (!loop_.is_closed()) {  // as it is in the child of a fork, where it stops anyway
            stop_ = loop_.call_soon([loop = &loop_] { loop->stop(); });
        }
    }

private:
    event_loop& loop_;
    task_base& task_;
    handle stop_;
};

// Stops the loop when the last of several tasks has ended.
struct leftover final : settle_listener {
    void settled(future_base& from) noexcept override {
        if (from.failed() && !from.cancelled()) {
            from.mark_retrieved();
            loop->call_exception_handler(
                {"unhandled exception during run() shutdown", from.result_base().error, {}, {}});
        }
        if (--*pending == 0) {
            loop->stop();
        }
        from.release();
        delete this;
    }
    event_loop* loop = nullptr;
    std::size_t* pending = nullptr;
};

task_base* first_task(event_loop& loop) {
    return static_cast<task_base*>(loop.core().tasks.front());
}

task_base* next_task(event_loop& loop, task_base& t) {
    return static_cast<task_base*>(loop.core().tasks.next(t));
}

// Only puts tasks into the ready queue, so the list stands still meanwhile.
std::size_t cancel_all(event_loop& loop, std::size_t& pending) {
    std::size_t count = 0;
    for (task_base* t = first_task(loop); t != nullptr; t = next_task(loop, *t), ++count) {
        auto* watch = new leftover;
        watch->loop = &loop;
        watch->pending = &pending;
        t->retain();
        t->listen(*watch);
        auto* request = new detail::cancel_request;
        request->source = detail::cancel_source::shutdown;
        t->request_cancel(*request);
    }
    if (count == 0) {
        loop.stop();
    }
    return count;
}

std::string list_tasks(event_loop& loop) {
    std::string out;
    for (task_base* t = first_task(loop); t != nullptr; t = next_task(loop, *t)) {
        out += out.empty() ? "" : ", ";
        out += std::string(detail::task_name(*t)) + " (" + t->birth.file_name() + ":" +
               std::to_string(t->birth.line()) + ")";
    }
    return out;
}

}  // namespace

// Turns the first Ctrl-C into a cancellation of the main task. It may be queued by the signal handler
// when main has just ended, so it lives as long as the runner.
class runner::interrupt_node final : public ready_node {
public:
    explicit interrupt_node(event_loop& loop) : loop_(loop) {}

    void watch(task_base& main) {
        main_ = &main;
        interrupted_ = false;
        watch_ = std::make_unique<io::interrupt_watch>(&interrupt_node::notify, this);
    }
    // True if there was a Ctrl-C.
    bool unwatch() {
        watch_.reset();
        main_ = nullptr;
        return interrupted_;
    }
    // In the signal handler; the watch lets only the first one through.
    static void notify(void* self) noexcept {
        auto* node = static_cast<interrupt_node*>(self);
        node->loop_.push_ready_threadsafe(*node);
    }
    void run() noexcept override {
        if (main_ != nullptr) {
            watch_->handled();
            interrupted_ = true;
            main_->cancel(shared_text());
        }
    }

private:
    event_loop& loop_;
    task_base* main_ = nullptr;
    bool interrupted_ = false;
    std::unique_ptr<io::interrupt_watch> watch_;
};

// Ctrl-C belongs to main while this lives, however run_forever ends.
class runner::watched {
public:
    watched(interrupt_node* node, task_base& main, bool& interrupted)
        : node_(node), interrupted_(interrupted) {
        if (node_ != nullptr) node_->watch(main);
    }
    watched(const watched&) = delete;
    watched& operator=(const watched&) = delete;
    ~watched() { interrupted_ = node_ != nullptr && node_->unwatch(); }

private:
    interrupt_node* node_;
    bool& interrupted_;
};

namespace {

services with_backend(services parts, const run_options& options) {
    detail::check_one_loop(options);
    if (!parts.backend) {
        parts.backend = io::make_backend(options.backend, options.debug);
    }
    return parts;
}

}  // namespace

runner::runner(services parts, run_options options)
    : loop_(with_backend(std::move(parts), options)), options_(options) {
    if (options_.handle_interrupt) {
        interrupt_ = std::make_unique<interrupt_node>(loop_);
    }
    if (options_.debug) {
        loop_.set_debug(true);
    }
    if (options_.memory_limit != 0) {
        loop_.set_memory_limit(options_.memory_limit);
    }
    if (options_.shuffle_seed != 0) {
        loop_.set_shuffle_seed(options_.shuffle_seed);
    }
}

runner::~runner() {
    try {
        close();
    } catch (...) {  // a destructor: said, not thrown
        event_loop::default_exception_handler(
            {"while closing the loop", std::current_exception(), {}, {}});
    }
}

void runner::check_usable() const {
    if (closed_) {
        throw usage_error("the runner is closed");
    }
    if (event_loop::running_or_null() != nullptr) {
        throw usage_error("run() cannot be called from a running event loop");
    }
}

void runner::enter(task_base& main, const context& in) {
    detail::retain(in.box());
    main.extra().context = in.box();
    if (in.size() != 0) {
        loop_.core().on_start |= detail::start_inherits;
    }
}

void runner::run_until_done(task_base& main) {
    bool interrupted = false;
    {
        const stop_at_end stop(loop_, main);
        const watched watch(interrupt_.get(), main, interrupted);
        loop_.run_forever();
    }
    if (!main.done()) {
        throw usage_error("event loop stopped before its main coroutine completed");
    }
    // Somebody else who asked as well gets the cancellation instead.
    if (interrupted && main.cancelled() && main.uncancel() == 0) {
        throw keyboard_interrupt();
    }
}

void runner::close() {
    if (std::exchange(closed_, true) || loop_.is_closed()) {
        return;  // or this is the child of a fork
    }
    cancel_leftovers();
    if (!loop_.core().generators.empty()) {
        close_generators();
        cancel_leftovers();
    }
    await_threads();
    const std::string stuck = list_tasks(loop_);
    if (!stuck.empty()) {
        throw shutdown_error("tasks did not end within the grace at shutdown: " + stuck);
    }
    loop_.close();
}

// Leftovers are cancelled together and may clean up until the grace is over; what they start while
// they do so is cancelled in the next round.
void runner::cancel_leftovers() {
    if (loop_.core().tasks.empty()) {
        return;
    }
    bool late = false;
    handle deadline = loop_.call_later(options_.shutdown_grace, [this, &late] {
        late = true;
        loop_.stop();
    });
    while (!late && !loop_.core().tasks.empty()) {
        std::size_t pending = 0;
        loop_.call_soon([this, &pending] { pending = cancel_all(loop_, pending); });
        loop_.run_forever();
    }
    deadline.cancel();
}

// Each of them tells the loop when it has ended, so the loop has to run. Those that take longer find
// it closed.
void runner::await_threads() {
    const handle deadline = loop_.call_later(options_.thread_grace, [] {});
    while (loop_.outside_work() != 0 && loop_.time() < deadline.when()) {
        loop_.run_once(duration::max());
    }
    if (loop_.outside_work() != 0) {
        loop_.call_exception_handler(
            {"threads did not end within the grace at shutdown; they are left alone", {}, {}, {}});
    }
    handle(deadline).cancel();
}

// What takes longer than the grace is a leftover then.
void runner::close_generators() {
    coro<> work = shutdown_asyncgens();
    const task<> closing(new detail::plain_task_state<void>(loop_.core()));
    detail::launch<void>(loop_.core(), closing.state(), work, std::source_location::current());
    handle deadline = loop_.call_later(options_.shutdown_grace, [this] { loop_.stop(); });
    {
        const stop_at_end stop(loop_, closing.state());
        loop_.run_forever();
    }
    deadline.cancel();
}

}  // namespace nurt

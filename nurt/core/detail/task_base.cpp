// SPDX-License-Identifier: MIT
#include "nurt/core/detail/task_base.hpp"

#include <string>
#include <typeinfo>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/detail/cancel_trace.hpp"
#include "nurt/core/detail/driver.hpp"
#include "nurt/core/detail/task_text.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

void task_base::run() noexcept {
    if ((flags & flag_started) == 0) [[unlikely]] {
        if ((flags & flag_never_start) != 0) {
            never_run();
            return;
        }
        flags |= flag_started;
    }
    thread_state& here = this_thread;
    here.task = this;
    waiting_on = nullptr;
    void* next = std::exchange(frame, nullptr);
    do {
        std::coroutine_handle<>::from_address(next).resume();
        next = here.next;
    } while (next != nullptr);
    here.task = nullptr;
    if (frame == nullptr) {
        end();
    }
}

// True if the first step has been taken.
bool task_base::start_specially(loop_core& loop, start_mode mode) noexcept {
    if ((loop.on_start & start_inherits) != 0) {
        inherit_context();
    }
    const bool eager = mode == start_mode::eager ||
                       (mode == start_mode::as_loop && (loop.on_start & start_eagerly) != 0);
    if (!eager || this_thread.loop == nullptr || this_thread.core != &loop) {
        return false;
    }
    step_at_once();
    return true;
}

// A copy of the one that its creator runs in, unless it was given one.
void task_base::inherit_context() {
    if (extras != nullptr && extras->context != nullptr) {
        return;
    }
    if (context_box* copy = copy_of_current()) {
        extra().context = copy;
    }
}

// Inside of the step or the callback that runs.
void task_base::step_at_once() noexcept {
    thread_state& here = this_thread;
    task_base* const creator = here.task;
    void* const next = here.next;
    timeout_scope* const unarmed = std::exchange(here.unarmed, nullptr);
    context_box* const context = std::exchange(here.context, nullptr);
    run();
    here.context = context;
    here.unarmed = unarmed;
    here.next = next;
    here.task = creator;
}

context_box* context_of(const task_base& task) noexcept {
    return task.extras == nullptr ? nullptr : task.extras->context;
}

void adopt_context(task_base& task, context_box& box) {
    task.extra().context = &box;
}

// Cancelled before the first step: the body never runs, its arguments are destroyed.
void task_base::never_run() noexcept {
    std::coroutine_handle<>::from_address(std::exchange(frame, nullptr)).destroy();
    result_base().error = std::make_exception_ptr(cancelled_error(latest_message()));
    end();
}

void task_base::finish(const outcome_base& end) noexcept {
    unlink();
    settle(end);
    release();
}

void task_base::wake_threadsafe(event_loop& loop) noexcept {
    // A closed loop has given its tasks up. run() clears waiting_on: nothing here is ours to touch
    // once the push has succeeded.
    loop.push_ready_threadsafe(*this);
}

task_extras& task_base::extra() {
    if (extras == nullptr) {
        extras = new task_extras;
    }
    return *extras;
}

// --- cancellation

// The request of a handle. Its task lives while somebody is being asked: tasks end only by running.
struct handle_request final : cancel_request {
    task_base* task = nullptr;
    handle_request* next_asked = nullptr;
};

namespace {

// A task that awaits a task passes the question on, one call inside the other. So deep at most; a
// longer chain is asked in pieces, and the stack stays small.
constexpr unsigned deepest_question = 32;

struct questions {
    unsigned depth = 0;
    handle_request* put_off = nullptr;  // the last one put off is the first to be asked
};

constinit thread_local questions asking;

}  // namespace

bool task_base::cancel(const shared_text& message) noexcept {
    if (done()) {
        return false;
    }
    const visit there(home());
    auto* request = new handle_request;
    request->message = message;
    request->task = this;
    if (add(*request)) {
        ask_each(*request);
    }
    return true;
}

void task_base::request_cancel(cancel_request& request) noexcept {
    if (add(request)) {
        ask();
    }
}

// True when it is to be delivered now.
bool task_base::add(cancel_request& request) noexcept {
    task_extras& mine = extra();
    request.linked = true;
    request.delivered = 0;
    request.next = mine.requests;
    mine.requests = &request;
    update_pending();
    return (flags & flag_cancel_pending) != 0;
}

void task_base::ask_each(handle_request& first) noexcept {
    questions& here = asking;
    if (here.depth == deepest_question) {
        first.next_asked = here.put_off;
        here.put_off = &first;
        return;
    }
    ++here.depth;
    first.task->ask();
    handle_request* asked = nullptr;
    while (here.depth == 1 && here.put_off != nullptr) {
        handle_request& next = *here.put_off;
        here.put_off = next.next_asked;
        if ((next.task->flags & flag_asking) != 0) {
            continue;  // a circle
        }
        const visit there(next.task->home());
        next.task->ask();
        next.task->flags |= flag_asking;
        next.next_asked = asked;
        asked = &next;
    }
    for (; asked != nullptr; asked = asked->next_asked) {
        asked->task->flags &= ~std::uint32_t{flag_asking};
    }
    --here.depth;
}

// The suspended leaf decides: unhooked, or first come first served with its completion.
void task_base::ask() noexcept {
    if ((flags & flag_started) == 0) {
        flags |= flag_never_start;
        return;
    }
    if (waiting_on == nullptr || (flags & flag_cancel_deliver) != 0) {
        return;
    }
    if ((flags & flag_asking) != 0) {
        return;  // tasks that wait for each other in a circle
    }
    flags |= flag_asking;
    const cancel_answer answer = waiting_on->cancel();
    flags &= ~std::uint32_t{flag_asking};
    switch (answer) {
        case cancel_answer::done:
            flags |= flag_cancel_deliver;
            wake();
            break;
        case cancel_answer::queued:
            flags |= flag_cancel_deliver;
            waiting_on = nullptr;
            break;
        case cancel_answer::later: break;
    }
}

void task_base::withdraw(cancel_request& request) noexcept {
    if (!request.linked) {
        return;
    }
    for (cancel_request** link = &extras->requests; *link != nullptr; link = &(*link)->next) {
        if (*link == &request) {
            *link = request.next;
            break;
        }
    }
    request.linked = false;
    update_pending();
}

void task_base::update_pending() noexcept {
    bool pending = false;
    for (const cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        pending = pending || due(*r);
    }
    if (pending) {
        flags |= flag_cancel_pending;
    } else {
        flags &= ~std::uint32_t{flag_cancel_pending};
    }
}

void task_base::mark_delivered() noexcept {
    if (extras == nullptr) {
        return;
    }
    ++extras->deliveries;
    for (cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        if (due(*r)) {
            r->delivered = extras->deliveries;
            r->seen = true;
        }
    }
    flags &= ~std::uint32_t{flag_cancel_pending};
}

bool task_base::others_delivered(const cancel_request& mine, std::uint32_t since) const noexcept {
    if (extras == nullptr) {
        return false;
    }
    for (const cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        if (r != &mine && r->delivered > since) {
            return true;
        }
    }
    return false;
}

void task_base::deliver_again(std::uint32_t since) noexcept {
    if (extras == nullptr) {
        return;
    }
    for (cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        if (r->delivered > since) {
            r->delivered = 0;
        }
    }
    update_pending();
}

void task_base::refuse() noexcept {
    flags |= flag_refused | flag_cancel_deliver;
    wake();
}

namespace {

cancelled_error take_cancellation(task_base& task) noexcept {
    cancelled_error due(task.latest_message());
    task.mark_delivered();
    return due;
}

}  // namespace

// Nothing here has to be destroyed on the way out, for which the unwinder would stop over.
void task_base::throw_cancelled() {
    const bool on_resumption = (flags & flag_cancel_deliver) != 0;
    flags &= ~std::uint32_t{flag_cancel_deliver};
    if ((flags & flag_refused) != 0) [[unlikely]] {
        flags &= ~std::uint32_t{flag_refused};
        throw_usage("cannot wait here: tasks of a different event loop have waited for it");
    }
    if (this_thread.core->debug) [[unlikely]] {
        const shared_text message = latest_message();
        mark_delivered();
        throw_traced(message, on_resumption);
    }
    throw take_cancellation(*this);
}

// Only a throw on resumption has a known place: that at which the step began.
void task_base::throw_traced(const shared_text& message, bool on_resumption) {
    if (extra().trace == nullptr) {
        extras->trace = new cancel_trace;
    }
    const std::source_location place =
        on_resumption ? event_loop::here().step_place() : std::source_location();
    throw cancelled_error(message, extras->trace->token(extras->deliveries, place));
}

void task_base::rethrow_cancelled(const std::exception_ptr& error) {
    const bool mine = (flags & flag_cancel_pending) != 0;
    mark_delivered();
    if (mine && this_thread.core->debug &&
        *error.__cxa_exception_type() == typeid(cancelled_error)) {
        shared_text message;
        try {
            std::rethrow_exception(error);
        } catch (const cancelled_error& e) {
            message = e.text();
        }
        throw_traced(message, true);
    }
    std::rethrow_exception(error);
}

bool task_base::owes(std::uint32_t delivery) const noexcept {
    for (const cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        if (r->delivered == delivery) {
            return true;
        }
    }
    return false;
}

void task_base::waits_for(wait_list& list) const {
    if (waiting_on != nullptr) {
        waiting_on->waits_for(list);
    }
}

shared_text task_base::latest_message() const noexcept {
    if (extras != nullptr) {
        for (const cancel_request* r = extras->requests; r != nullptr; r = r->next) {
            if (r->delivered == 0 && !r->message.empty()) {
                return r->message;
            }
        }
    }
    return shared_text();
}

std::uint32_t task_base::cancelling() const noexcept {
    std::uint32_t count = 0;
    if (extras != nullptr) {
        for (const cancel_request* r = extras->requests; r != nullptr; r = r->next) {
            ++count;
        }
    }
    return count;
}

std::uint32_t task_base::uncancel() noexcept {
    if (extras == nullptr) {
        return 0;
    }
    for (cancel_request* r = extras->requests; r != nullptr; r = r->next) {
        if (r->source == cancel_source::handle) {
            withdraw(*r);
            delete static_cast<handle_request*>(r);
            break;
        }
    }
    if (extras->requests == nullptr && (flags & flag_started) == 0) {
        flags &= ~std::uint32_t{flag_never_start};
    }
    return cancelling();
}

void task_base::unshield() noexcept {
    --extra().shields;
    update_pending();
    if ((flags & flag_cancel_pending) != 0) {
        ask();  // only when the shield's time is over is the task suspended here
    }
}

void task_base::free_extras() noexcept {
    detail::release(extras->context);
    while (cancel_request* r = extras->requests) {
        extras->requests = r->next;
        r->linked = false;
        if (r->source == cancel_source::handle) {
            delete static_cast<handle_request*>(r);
        } else if (r->source == cancel_source::shutdown) {
            delete r;
        }
    }
    delete extras->trace;
    delete extras;
}

void task_base::report_unretrieved() noexcept {
    try {
        const std::string name = name_of(*this);
        const std::string place = text_of(birth);
        const error_context context{"task exception was never retrieved", result_base().error, name,
                                    place};
        if (event_loop* loop = this_thread.loop) {
            const nurt::context mine = context_of_task(*this);
            const context_entry entry(mine.box());
            loop->call_exception_handler(context);
        } else {
            event_loop::default_exception_handler(context);
        }
    } catch (...) {  // no memory for the names: the error itself still arrives
        future_base::report_unretrieved();
    }
}

}  // namespace nurt::detail

namespace nurt {

void leaf::complete_cancelled() noexcept {
    waiter_->flags |= detail::flag_cancel_deliver;
    waiter_->wake();
}

void leaf::complete_threadsafe(event_loop& loop) noexcept {
    waiter_->wake_threadsafe(loop);
}

}  // namespace nurt

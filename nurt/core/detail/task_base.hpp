// SPDX-License-Identifier: MIT
// nurt/core/detail/task_base.hpp: a task without its type: driver, cancellation, ends.
#pragma once

#include <coroutine>
#include <cstdint>
#include <source_location>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/detail/future_base.hpp"

namespace nurt {
class leaf;
}

namespace nurt::detail {

enum class start_mode : std::uint8_t { as_loop, lazy, eager };
enum class cancel_source : std::uint8_t { handle, scope, group, shutdown };

// Somebody's wish that a task stop. Requests have identity: a scope recognises its own, and leaves
// everybody else's alone. Those of handles and of the loop's end are allocated; a scope's lives in
// the scope.
struct cancel_request {
    cancel_request* next = nullptr;
    shared_text message;
    cancel_source source = cancel_source::handle;
    bool linked = false;
    bool seen = false;          // a cancelled_error was thrown for it, though it may be owed again
    std::uint32_t shields = 0;  // of the task when the scope began: only later ones hold it up
    std::uint32_t delivered = 0;  // number of the cancelled_error that stood for it; 0: not yet
};

struct handle_request;
class cancel_trace;

// What few tasks have.
struct task_extras {
    shared_text name;
    context_box* context = nullptr;      // where its variables are; made by the first that is set
    cancel_request* requests = nullptr;  // newest first
    timeout_scope* scopes = nullptr;     // the innermost of its timeouts that have a timer
    std::uint32_t shields = 0;           // cleanups that are running: requests wait for their end
    std::uint32_t deliveries = 0;        // how many cancelled_errors were thrown for requests
    cancel_trace* trace = nullptr;       // debug mode: what became of those
};

// Invariants:
//  1. frame is the coroutine to resume next: the innermost of the task's chain. It is null while
//     the task runs and after its end.
//  2. leaf is set exactly while the task is suspended on a leaf that has not completed.
//  3. A task is in the ready queue at most once: it gets there from complete(), from a cancelled
//     leaf, and from its creation, which exclude each other.
//  4. The loop holds one reference until the end.
class task_base : public future_base, public list_link {
public:
    // One step: resumes the chain until it suspends at a leaf or ends.
    void run() noexcept override;
    void discard() noexcept override {}
    const node_inspector* inspector() const noexcept override;
    const task_base* as_task() const noexcept override { return this; }
    void waits_for(wait_list& list) const override;

    bool cancel(const shared_text& message) noexcept override;
    std::uint32_t cancelling() const noexcept;
    std::uint32_t uncancel() noexcept;

    // For scopes: links and asks; takes back, whether delivered or not.
    void request_cancel(cancel_request& request) noexcept;
    void withdraw(cancel_request& request) noexcept;
    // True when another request was delivered after `since` (a value of deliveries), and has not
    // been taken back: whatever replaced its cancelled_error, it is not this one's alone.
    bool others_delivered(const cancel_request& mine, std::uint32_t since) const noexcept;
    std::uint32_t deliveries() const noexcept { return extras == nullptr ? 0 : extras->deliveries; }
    // A scope replaced the cancelled_error by another error: requests that were delivered after
    // `since` (a value of deliveries) are still owed.
    void deliver_again(std::uint32_t since) noexcept;
    void mark_delivered() noexcept;
    // Debug mode: the request of this delivery is still there, and was not put back.
    bool owes(std::uint32_t delivery) const noexcept;
    // Passes a cancellation on that was somebody else's as well.
    [[noreturn]] void rethrow_cancelled(const std::exception_ptr& error);

    // While shielded, requests of scopes outside of the shield, and of everybody else, are recorded
    // and wait.
    void shield() noexcept;
    void unshield() noexcept;
    std::uint32_t shields() const noexcept { return extras == nullptr ? 0 : extras->shields; }

    [[noreturn]] void throw_cancelled();
    void throw_if_cancelled() {
        if ((flags & flag_cancel_pending) != 0) [[unlikely]] {
            throw_cancelled();
        }
    }

    // The leaf calls these.
    void wake() noexcept;
    void wake_threadsafe(event_loop& loop) noexcept;
    // What it is about to wait for is another loop's: its await throws usage_error.
    void refuse() noexcept;

    // Enters its loop: registry and first step, which is at once when the loop or the caller
    // wishes so, and in the next turn otherwise.
    void start(loop_core& loop, void* root_frame, std::source_location place,
               start_mode mode = start_mode::as_loop) noexcept {
        frame = root_frame;
        birth = place;
        number = ++loop.task_number;
        loop.tasks.push_back(*this);
        if (loop.on_start != 0 || mode == start_mode::eager) [[unlikely]] {
            if (start_specially(loop, mode)) {
                return;
            }
        }
        loop.ready.push(*this);
    }

    task_extras& extra();
    // Of the requests that are not delivered, the newest one's that has a message.
    shared_text latest_message() const noexcept;

    void* frame = nullptr;
    leaf* waiting_on = nullptr;
    task_extras* extras = nullptr;
    std::uint64_t number = 0;  // of Task-N
    std::source_location birth;

protected:
    // References: its first handle's, and the loop's.
    explicit task_base(loop_core& loop) noexcept : future_base(loop.home, 2) {}
    ~task_base() {
        if (extras != nullptr) [[unlikely]] {
            free_extras();
        }
    }
    void report_unretrieved() noexcept override;

    // The root coroutine has ended with what stands in the result.
    void finish(const outcome_base& end) noexcept;

private:
    bool due(const cancel_request& r) const noexcept {
        return r.delivered == 0 && r.shields >= extras->shields;
    }
    virtual void end() noexcept = 0;  // finish(result)
    bool start_specially(loop_core& loop, start_mode mode) noexcept;
    void inherit_context();
    void step_at_once() noexcept;
    void never_run() noexcept;
    bool add(cancel_request& request) noexcept;
    void ask() noexcept;
    static void ask_each(handle_request& first) noexcept;
    void update_pending() noexcept;
    void free_extras() noexcept;
    [[noreturn]] void throw_traced(const shared_text& message, bool on_resumption);
};

static_assert(sizeof(task_base) <= 88, "a task without a result fits in 96 bytes");
static_assert(sizeof(std::source_location) == sizeof(void*));

inline void task_base::wake() noexcept {
    waiting_on = nullptr;
    this_thread.core->ready.push(*this);
}

inline void task_base::shield() noexcept {
    ++extra().shields;
    update_pending();
}

}  // namespace nurt::detail

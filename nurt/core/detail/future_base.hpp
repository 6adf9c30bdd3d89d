// SPDX-License-Identifier: MIT
// nurt/core/detail/future_base.hpp: what tasks and futures have in common.
#pragma once

#include <cstdint>
#include <exception>

#include "nurt/base/shared_text.hpp"
#include "nurt/core/detail/outcome.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/thread_state.hpp"

namespace nurt::detail {

class future_base;
class group_state;
class task_base;
struct wait_list;

// Hears once that a future is settled. The link belongs to the future until then.
class settle_listener {
public:
    settle_listener() = default;
    settle_listener(const settle_listener&) = delete;
    settle_listener& operator=(const settle_listener&) = delete;

    // May only put things in the ready queue.
    virtual void settled(future_base& source) noexcept = 0;
    // Called instead when the future is gone before it was settled.
    virtual void abandoned() noexcept {}
    // Of a done callback, its number.
    virtual std::uint64_t callback_number() const noexcept { return 0; }
    // The task_group that listens through it; null for everybody else.
    virtual const group_state* group() const noexcept { return nullptr; }
    // The task that waits here, or the future that this is a part of; null if there is none.
    virtual const future_base* awaiter() const noexcept { return nullptr; }

    settle_listener* next_listener = nullptr;

protected:
    ~settle_listener() = default;
};

// Flags of a future, in the lower half of the word; the upper half is its loop's number. Those from
// bit 8 on are used by tasks only.
enum future_flag : std::uint32_t {
    flag_done = 1U << 0,
    flag_failed = 1U << 1,       // ended with an error, a cancellation included
    flag_cancelled = 1U << 2,    // that error is a cancellation
    flag_unretrieved = 1U << 3,  // and nobody has seen it yet
    flag_moved = 1U << 4,        // the value was moved out
    flag_started = 1U << 8,
    flag_never_start = 1U << 9,      // cancelled before its first step
    flag_cancel_pending = 1U << 10,  // a request is to be thrown at the next leaf
    flag_cancel_deliver = 1U << 11,  // the leaf has answered: throw on resumption
    flag_asking = 1U << 12,          // inside of the leaf's cancel()
    flag_refused = 1U << 13,         // what it awaits is another loop's
};

// Reference counted, not atomically: handles and loop are of one thread.
class future_base : public ready_node {
public:
    bool done() const noexcept { return (flags & flag_done) != 0; }
    bool cancelled() const noexcept { return (flags & flag_cancelled) != 0; }
    bool failed() const noexcept { return (flags & flag_failed) != 0; }

    // The number of its loop, as in thread_state::home.
    home_id home() const noexcept { return flags >> home_shift << home_shift; }
    bool at_home() const noexcept { return flags >> home_shift == this_thread.home >> home_shift; }
    // For whoever is about to wait for it: it becomes this loop's if it is nobody's; throws
    // usage_error if it is another one's.
    void check_home();

    // Asks it to end as cancelled. False: it is done, or does not let itself be cancelled.
    virtual bool cancel(const shared_text& message) noexcept = 0;
    virtual outcome_base& result_base() noexcept = 0;
    virtual void destroy() noexcept = 0;
    virtual const task_base* as_task() const noexcept { return nullptr; }
    // Adds whom it waits for.
    virtual void waits_for(wait_list&) const {}

    void retain() noexcept { ++references; }
    void release() noexcept {
        if (--references == 0) {
            if ((flags & flag_unretrieved) != 0) [[unlikely]] {
                report_unretrieved();
            }
            if (last_listener != nullptr) [[unlikely]] {
                abandon_all();
            }
            destroy();
        }
    }

    void listen(settle_listener& listener) noexcept {
        // The list is circular, and held by its last element: appending and taking the first need
        // one pointer.
        if (last_listener == nullptr) {
            listener.next_listener = &listener;
        } else {
            listener.next_listener = last_listener->next_listener;
            last_listener->next_listener = &listener;
        }
        last_listener = &listener;
    }
    bool unlisten(settle_listener& listener) noexcept;

    // Ends it with what stands in the result: tells the listeners, first come first served.
    void settle(const outcome_base& end) noexcept {
        if (end.error) [[unlikely]] {
            flags |= flags_of(end.error);
        }
        flags |= flag_done;
        notify();
    }
    void settle_error(std::exception_ptr error) noexcept;
    void settle_cancelled(const shared_text& message) noexcept;

    // The error has been seen: it will not be reported.
    void mark_retrieved() noexcept { flags &= ~std::uint32_t{flag_unretrieved}; }

    // Throws unless there is a value: the error, or invalid_state_error.
    void check_value();

    settle_listener* last_listener = nullptr;  // circular: its next is the first
    std::uint32_t references;
    std::uint32_t flags;  // and home

protected:
    explicit future_base(home_id home, std::uint32_t held = 1) noexcept
        : references(held), flags(home) {}
    ~future_base() = default;
    void run() noexcept override {}

    virtual void report_unretrieved() noexcept;

private:
    static std::uint32_t flags_of(const std::exception_ptr& error) noexcept;
    void notify() noexcept {
        settle_listener* last = last_listener;
        if (last == nullptr) {
            return;
        }
        last_listener = nullptr;
        if (last->next_listener == last) [[likely]] {
            last->settled(*this);
        } else {
            notify_all(last);
        }
    }
    void notify_all(settle_listener* last) noexcept;
    void abandon_all() noexcept;
};

// True if the exception is a cancelled_error or of a class derived from it.
bool is_cancellation(const std::exception_ptr& error) noexcept;

[[noreturn]] void throw_invalid_state(const char* what);
[[noreturn]] void throw_usage(const char* what);

}  // namespace nurt::detail

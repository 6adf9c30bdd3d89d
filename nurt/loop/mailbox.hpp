// SPDX-License-Identifier: MIT
// nurt/loop/mailbox.hpp: how other threads reach a loop.
//
// A lock-free list, and in the same word whether the loop sleeps: so posting is one exchange, and
// exactly one thread of a burst, the one that found the loop asleep, pays for the system call. The
// mailbox is counted apart from its loop, so that a thread that comes too late finds it closed and
// not gone.
#pragma once

#include <atomic>

#include "nurt/loop/ready_queue.hpp"

namespace nurt::io {
class backend;
}

namespace nurt::detail {

// Invariants:
//  1. head_ is null (awake, nothing posted), one of the two marks, or the node posted last.
//  2. Who replaces the mark of a sleeper owes a wake. The backend lives until all of those are
//     paid: close() waits for them.
class mailbox {
public:
    explicit mailbox(io::backend& backend) noexcept : backend_(&backend) {}
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;

    // From any thread.
    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }
    // From any thread and from signal handlers. False: the loop is closed, the node was not taken.
    [[nodiscard]] bool push(ready_node& node) noexcept;

    // From the loop's thread.
    bool empty() const noexcept { return head_.load(std::memory_order_relaxed) == nullptr; }
    ready_node* take() noexcept;   // all of them, oldest first, linked by next_ready
    bool fall_asleep() noexcept;   // false: something was posted
    void wake_up() noexcept;       // after a fall_asleep that said true
    ready_node* close() noexcept;  // as take(), for the last time
    void after_fork() noexcept;    // in the child: closed, and nobody owes anything

private:
    ~mailbox() = default;

    std::atomic<ready_node*> head_{nullptr};
    std::atomic<unsigned> references_{1};
    std::atomic<unsigned> wakes_paid_{0};
    unsigned wakes_owed_ = 0;
    io::backend* backend_;
};

}  // namespace nurt::detail

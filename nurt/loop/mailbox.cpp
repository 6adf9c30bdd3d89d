// SPDX-License-Identifier: MIT
#include "nurt/loop/mailbox.hpp"

#include <thread>

#include "nurt/io/backend.hpp"

namespace nurt::detail {

namespace {

// Only their addresses count.
struct mark_node final : ready_node {
    void run() noexcept override {}
};

constinit mark_node asleep;
constinit mark_node closed;

ready_node* oldest_first(ready_node* newest) noexcept {
    ready_node* oldest = nullptr;
    while (newest != nullptr) {
        ready_node* next = newest->next_ready;
        newest->next_ready = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

}  // namespace

bool mailbox::push(ready_node& node) noexcept {
    ready_node* last = head_.load(std::memory_order_relaxed);
    do {
        if (last == &closed) {
            return false;
        }
        node.next_ready = last == &asleep ? nullptr : last;
    } while (!head_.compare_exchange_weak(last, &node, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    // From here on the loop may run the node and go: only who owes a wake may touch anything.
    if (last == &asleep) {
        backend_->wake();
        wakes_paid_.fetch_add(1, std::memory_order_release);
    }
    return true;
}

ready_node* mailbox::take() noexcept {
    return oldest_first(head_.exchange(nullptr, std::memory_order_acquire));
}

bool mailbox::fall_asleep() noexcept {
    ready_node* nothing = nullptr;
    return head_.compare_exchange_strong(nothing, &asleep, std::memory_order_acq_rel);
}

void mailbox::wake_up() noexcept {
    ready_node* mark = &asleep;
    if (!head_.compare_exchange_strong(mark, nullptr, std::memory_order_acq_rel)) {
        ++wakes_owed_;
    }
}

ready_node* mailbox::close() noexcept {
    ready_node* last = head_.exchange(&closed, std::memory_order_acq_rel);
    while (wakes_paid_.load(std::memory_order_acquire) != wakes_owed_) {
        std::this_thread::yield();  // it is between its exchange and its system call
    }
    return last == &closed ? nullptr : oldest_first(last);
}

void mailbox::after_fork() noexcept {
    head_.store(&closed, std::memory_order_relaxed);
    wakes_owed_ = wakes_paid_.load(std::memory_order_relaxed);
}

}  // namespace nurt::detail

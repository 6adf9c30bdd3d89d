// SPDX-License-Identifier: MIT
// nurt/sync/lock.hpp: one at a time.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// Mutual exclusion between the tasks of one loop, fair: first come, first served, and a task that
// releases it and asks again queues up behind those who wait. Not for threads.
// Python: asyncio.Lock.
class lock {
public:
    // Releases when it goes out of scope: auto guard = co_await l.acquire();
    class [[nodiscard]] guard {
    public:
        guard(guard&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}
        guard& operator=(guard&& other) noexcept {
            std::swap(lock_, other.lock_);
            return *this;
        }
        ~guard() {
            if (lock_ != nullptr) lock_->hand_on();
        }
        // Before the end of the scope; may be repeated.
        void release() noexcept {
            if (lock_ != nullptr) std::exchange(lock_, nullptr)->hand_on();
        }
        // Leaves the lock taken: somebody will call lock::release().
        void detach() noexcept { lock_ = nullptr; }

    private:
        friend class lock;
        explicit guard(lock& l) noexcept : lock_(&l) {}

        lock* lock_;
    };

    class acquiring final : public parked {
    public:
        explicit acquiring(lock& l) noexcept : parked(l.lot_), lock_(l) {}
        bool await_ready() const noexcept { return lock_.take(running_task_number()); }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        guard await_resume() const noexcept { return guard(lock_); }
        void waits_for(detail::wait_list& list) const override;

    private:
        lock& lock_;
    };

    struct statistics_t {
        bool locked;
        std::uint64_t owner;  // number of the task that holds it, as in its first name Task-N; or 0
        std::size_t tasks_waiting;
    };

    lock() = default;
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;

    // A cancellation while waiting leaves the queue in order.
    [[nodiscard]] acquiring acquire() noexcept { return acquiring(*this); }
    // Hands the lock to the first in the queue; throws usage_error if it is not locked.
    void release();
    bool locked() const noexcept { return owner_ != 0; }
    // The task that acquired it last and holds it; empty when it is free or that task has ended.
    // Takes time in proportion to the number of tasks.
    task_view owner() const noexcept;

    statistics_t statistics() const noexcept { return {locked(), owner_, lot_.size()}; }

private:
    friend class condition;

    bool take(std::uint64_t task) noexcept {
        if (owner_ != 0) return false;
        owner_ = task;
        return true;
    }
    void add_owner(detail::wait_list& list) const;
    void hand_on() noexcept {
        parked* next = lot_.pop();
        if (next == nullptr) {
            owner_ = 0;
            return;
        }
        owner_ = next->task_number();
        parking_lot::wake(*next);
    }

    parking_lot lot_;
    std::uint64_t owner_ = 0;  // number of the task that holds it
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/sync/lock.hpp: one at a time.
#pragma once

#include <coroutine>
#include <cstddef>
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
        bool await_ready() const noexcept { return lock_.try_take(); }
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        guard await_resume() const noexcept { return guard(lock_); }

    private:
        lock& lock_;
    };

    struct statistics_t {
        bool locked;
        std::size_t tasks_waiting;
    };

    lock() = default;
    lock(const lock&) = delete;
    lock& operator=(const lock&) = delete;

    // A cancellation while waiting leaves the queue in order.
    [[nodiscard]] acquiring acquire() noexcept { return acquiring(*this); }
    // Hands the lock to the first in the queue; throws usage_error if it is not locked.
    void release();
    bool locked() const noexcept { return locked_; }

    statistics_t statistics() const noexcept { return {locked_, lot_.size()}; }

private:
    bool try_take() noexcept { return !locked_ && (locked_ = true); }
    void hand_on() noexcept { locked_ = lot_.unpark_one(); }

    parking_lot lot_;
    bool locked_ = false;
};

}  // namespace nurt

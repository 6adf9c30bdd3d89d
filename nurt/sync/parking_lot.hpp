// SPDX-License-Identifier: MIT
// nurt/sync/parking_lot.hpp: the one queue in which tasks wait for each other.
//
// Events, locks, queues and the rest are policies on it: fairness and cancellation are written
// once, here. What a waiter waits for is handed to it while it still sleeps, so no wake-up is lost
// and nobody can slip in between: a waiter that was unparked has what it came for, and a
// cancellation that arrives after that waits for its next await.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt {

class parking_lot;
class task_view;

// A place in a lot: the base of the awaitables of everything that parks. Carries its own links.
class parked : public leaf, public list_link {
public:
    // Leaves the lot. An override may go on waiting in another one.
    cancel_answer cancel() noexcept override;
    const void* queue() const noexcept override { return lot_; }

    // Number of the task that waits; 0 is no task's.
    std::uint64_t task_number() const noexcept { return waiter().number; }

protected:
    explicit parked(parking_lot& lot) noexcept : lot_(&lot) {}
    ~parked() = default;

    // False when tasks of another loop have waited in this lot: then the await throws usage_error.
    inline bool park() noexcept;
    void park(parking_lot& lot) noexcept {
        lot_ = &lot;
        park();
    }
    // For one that waits already, and is handed from lot to lot.
    inline void park_in(parking_lot& lot) noexcept;
    bool parked_in(const parking_lot& lot) const noexcept { return linked() && lot_ == &lot; }
    // Its lot has been destroyed: nobody will ever unpark it.
    bool orphaned() const noexcept { return lot_ == nullptr; }

private:
    friend class parking_lot;
    parking_lot* lot_;
};

// First in, first out. Never owns. Belongs to the loop of the first who waits. The waiters of one
// that is destroyed go on waiting, until they are cancelled.
class parking_lot {
public:
    parking_lot() = default;
    parking_lot(const parking_lot&) = delete;
    parking_lot& operator=(const parking_lot&) = delete;
    ~parking_lot() {
        while (parked* orphan = waiting_.pop_front()) orphan->lot_ = nullptr;
    }

    bool empty() const noexcept { return count_ == 0; }
    std::size_t size() const noexcept { return count_; }

    // Takes the first waiter out without waking it; null if there is none. All that wait in this
    // lot have to be of the class Waiter.
    template <class Waiter = parked>
    Waiter* pop() noexcept {
        parked* first = waiting_.pop_front();
        if (first == nullptr) return nullptr;
        --count_;
        return static_cast<Waiter*>(first);
    }
    // Wakes a waiter that was taken out and has got what it waits for.
    static void wake(parked& waiter) noexcept { waiter.complete(); }

    // Wakes the first waiter, which has got what it waits for. False if there is none.
    bool unpark_one() noexcept {
        parked* first = pop();
        if (first == nullptr) return false;
        wake(*first);
        return true;
    }
    // Wakes all that wait now; returns how many.
    std::size_t unpark_all() noexcept {
        if (!unpark_one()) return 0;
        return empty() ? 1 : 1 + unpark_rest();
    }

private:
    friend class parked;
    bool settle_in(parked& first) noexcept;
    std::size_t unpark_rest() noexcept;  // apart, so that the common single waiter is short

    intrusive_list<parked> waiting_;
    std::uint32_t count_ = 0;
    detail::home_id home_ = 0;
};

// The living task of this number on this thread's loop, or an empty view. Looks through all of
// them: for statistics and debugging.
task_view task_by_number(std::uint64_t number) noexcept;

// Number of the task that runs.
inline std::uint64_t running_task_number() noexcept {
    return detail::this_thread.task->number;
}

inline bool parked::park() noexcept {
    if (lot_->home_ != detail::this_thread.home) [[unlikely]] {
        if (!lot_->settle_in(*this)) {
            return false;
        }
    }
    park_in(*lot_);
    return true;
}

inline void parked::park_in(parking_lot& lot) noexcept {
    lot_ = &lot;
    lot.waiting_.push_back(*this);
    ++lot.count_;
}

}  // namespace nurt

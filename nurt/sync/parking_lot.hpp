// SPDX-License-Identifier: MIT
// nurt/sync/parking_lot.hpp: the one queue in which tasks wait for each other.
//
// Events, locks and semaphores are policies on it: fairness and cancellation are written once,
// here. What a waiter waits for is handed to it while it still sleeps, so no wake-up is lost and
// nobody can slip in between: a waiter that was unparked has what it came for, and a cancellation
// that arrives after that waits for its next await.
#pragma once

#include <coroutine>
#include <cstddef>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/leaf.hpp"

namespace nurt {

class parking_lot;

// A place in a lot: the base of the awaitables of everything that parks. Carries its own links.
class parked : public leaf, public list_link {
public:
    cancel_answer cancel() noexcept final;

protected:
    explicit parked(parking_lot& lot) noexcept : lot_(lot) {}
    ~parked() = default;

    inline void park() noexcept;

private:
    friend class parking_lot;
    parking_lot& lot_;
};

// First in, first out. Never owns; whoever destroys one with waiters in it leaves them hanging.
class parking_lot {
public:
    bool empty() const noexcept { return count_ == 0; }
    std::size_t size() const noexcept { return count_; }

    // Wakes the first waiter, which has got what it waits for. False if there is none.
    bool unpark_one() noexcept {
        parked* first = waiting_.pop_front();
        if (first == nullptr) return false;
        --count_;
        first->complete();
        return true;
    }
    // Wakes all that wait now; returns how many.
    std::size_t unpark_all() noexcept {
        std::size_t woken = 0;
        while (unpark_one()) ++woken;
        return woken;
    }

private:
    friend class parked;

    intrusive_list<parked> waiting_;
    std::size_t count_ = 0;
};

inline void parked::park() noexcept {
    lot_.waiting_.push_back(*this);
    ++lot_.count_;
}

}  // namespace nurt

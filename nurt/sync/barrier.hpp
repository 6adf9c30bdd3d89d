// SPDX-License-Identifier: MIT
// nurt/sync/barrier.hpp: a place where a fixed number of tasks meet.
//
// filling: tasks arrive. draining: all are there and leave; whoever comes now waits outside until
// the last has left. resetting: those who waited leave with an error. broken: everybody gets one.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

// The parties wait until the last of them has come, then all go on; and again. A party that is
// cancelled while it waits has not come; the others wait on. Python: asyncio.Barrier.
class barrier {
public:
    class waiting final : public parked {
    public:
        explicit waiting(barrier& b) noexcept : parked(b.filling_), barrier_(b) {}
        bool await_ready();
        void await_suspend(std::coroutine_handle<>) noexcept;
        std::size_t await_resume();

    private:
        friend class barrier;

        barrier& barrier_;
        std::size_t index_ = 0;
        bool broken_ = false;
        bool leaves_ = false;  // one of those who are waited for while draining or resetting
    };

    enum class state_t : std::uint8_t { filling, draining, resetting, broken };

    struct statistics_t {
        std::size_t parties;
        std::size_t tasks_waiting;  // inside
        std::size_t tasks_outside;  // for the end of draining
        state_t state;
    };

    // Throws usage_error if parties is zero.
    explicit barrier(std::size_t parties);
    barrier(const barrier&) = delete;
    barrier& operator=(const barrier&) = delete;

    // co_await b.wait() gives each party a number of its own, 0 to parties - 1 in the order of
    // their coming. Throws broken_barrier_error.
    [[nodiscard]] waiting wait() noexcept { return waiting(*this); }

    // Whoever waits inside gets broken_barrier_error; after that the barrier is as new.
    void reset() noexcept;
    // Whoever waits, or will, gets broken_barrier_error, until reset().
    void abort() noexcept;

    std::size_t parties() const noexcept { return parties_; }
    // How many wait inside while it fills.
    std::size_t n_waiting() const noexcept { return filling_.size(); }
    bool broken() const noexcept { return state_ == state_t::broken; }

    statistics_t statistics() const noexcept {
        return {parties_, filling_.size(), outside_.size(), state_};
    }

private:
    void release_all() noexcept;
    std::size_t break_all(parking_lot& lot, bool leaves) noexcept;
    void left() noexcept;
    void open() noexcept;

    const std::size_t parties_;
    parking_lot filling_;
    parking_lot outside_;
    std::size_t leaving_ = 0;  // woken, and not yet gone
    state_t state_ = state_t::filling;
};

}  // namespace nurt

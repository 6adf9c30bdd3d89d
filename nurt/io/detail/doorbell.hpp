// SPDX-License-Identifier: MIT
// nurt/io/detail/doorbell.hpp: how other threads and signal handlers end the sleep of a backend.
//
// A flag that the sleeper looks at, and a descriptor that is written to only while it sleeps. The
// order of the two stores in ring() and of their counterparts in lie_down() makes it impossible that
// the sleeper misses the flag and the ringer misses the sleeper.
#pragma once

#include <atomic>

namespace nurt::io::detail {

class doorbell {
public:
    doorbell();  // os_error without a free descriptor
    doorbell(const doorbell&) = delete;
    doorbell& operator=(const doorbell&) = delete;
    ~doorbell();

    // Becomes readable when it is rung while somebody sleeps; each ring is an event of its own, so
    // whoever watches for edges need never read it.
    int descriptor() const noexcept { return eventfd_; }

    // In the child of a fork: its copy is of no use.
    void after_fork() noexcept;

    // From any thread and from signal handlers.
    void ring() noexcept;

    // Before sleeping. False: it was rung, do not.
    bool lie_down() noexcept {
        sleeping_.store(true);
        return !rung_.load();
    }
    void get_up() noexcept { sleeping_.store(false, std::memory_order_relaxed); }
    // At the end of a wait, whether it slept or not: what was rung until now has been heard.
    void heard() noexcept {
        if (rung_.load(std::memory_order_relaxed)) {
            rung_.exchange(false);
        }
    }

private:
    int eventfd_;
    std::atomic<bool> rung_ = false;
    std::atomic<bool> sleeping_ = false;
};

}  // namespace nurt::io::detail

// SPDX-License-Identifier: MIT
// nurt/loop/detail/memory_guard.hpp: a loop that takes in less while it holds too much.
#pragma once

#include <cstddef>

#include "nurt/base/time.hpp"

namespace nurt {

class event_loop;

namespace detail {

// Looks before each wait for the kernel. What it adds up is found at once, or by a look at every slab
// of the frame pool; the second only when the first does not answer, and not all the time.
class memory_guard {
public:
    memory_guard(event_loop& loop, std::size_t limit) noexcept : loop_(loop), limit_(limit) {}

    void look() noexcept;
    bool holds() const noexcept { return holds_; }
    void let_go() noexcept;

private:
    bool exceeds(std::size_t bytes) noexcept;
    void report() noexcept;

    event_loop& loop_;
    const std::size_t limit_;
    instant next_look_;  // at the slabs
    std::size_t held_bytes_ = 0;
    bool holds_ = false;
    bool reported_ = false;
};

}  // namespace detail
}  // namespace nurt

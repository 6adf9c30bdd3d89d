// SPDX-License-Identifier: MIT
// nurt/loop/home.hpp: which loop something belongs to, in sixteen bits.
//
// A future, a task or a lock remembers its loop by a number, which costs no room beside its flags
// and is compared with the running loop's by one instruction. Numbers are given out in a circle, so
// that one is not used again soon after its loop has gone.
#pragma once

#include <cstdint>

namespace nurt {

class event_loop;

namespace detail {

// The number, in the upper half; 0: no loop yet. The lower half is the flags' of who carries it.
using home_id = std::uint32_t;

inline constexpr unsigned home_shift = 16;

// Throws usage_error when 65,535 loops are alive.
home_id claim_home(event_loop& loop);
void release_home(home_id home) noexcept;

// Null once the loop has gone.
event_loop* loop_at(home_id home) noexcept;

}  // namespace detail
}  // namespace nurt

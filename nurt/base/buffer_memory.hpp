// SPDX-License-Identifier: MIT
// nurt/base/buffer_memory.hpp: how much memory holds bytes that were received and not yet used.
//
// Counted by the buffers themselves, for each thread, and so for each loop; for event_loop::statistics()
// and the memory limit.
#pragma once

#include <cstddef>

namespace nurt::detail {

inline constinit thread_local std::ptrdiff_t buffer_memory = 0;  // bytes

// A buffer of this thread has grown from `before` bytes to `after`, or shrunk.
inline void count_buffer(std::size_t before, std::size_t after) noexcept {
    buffer_memory += static_cast<std::ptrdiff_t>(after) - static_cast<std::ptrdiff_t>(before);
}

// A loop that has gone on another thread leaves a difference.
inline std::size_t buffer_bytes() noexcept {
    return buffer_memory > 0 ? static_cast<std::size_t>(buffer_memory) : 0;
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/loop/detail/memory_guard.cpp: see the header.
#include "nurt/loop/detail/memory_guard.hpp"

#include "nurt/base/buffer_memory.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/event_loop.hpp"

#include <string>

namespace nurt::detail {

namespace {

// So far below the limit input goes on, so that it does not change all the time.
constexpr std::size_t part_to_free = 8;
// A look at the slabs of a gigabyte takes about a millisecond.
constexpr duration between_looks = milliseconds(10);

}  // namespace

void memory_guard::look() noexcept {
    const bool over = exceeds(holds_ ? limit_ - limit_ / part_to_free : limit_);
    if (over != holds_) {
        holds_ = over;
        loop_.backend().hold_input(over);
        if (over && loop_.debug() && !reported_) {
            report();
        }
    }
}

void memory_guard::let_go() noexcept {
    if (holds_) {
        loop_.backend().hold_input(false);
    }
}

bool memory_guard::exceeds(std::size_t bytes) noexcept {
    const std::size_t buffers = buffer_bytes();
    if (buffers > bytes || frame_pool::most_live_bytes() + buffers <= bytes) {
        held_bytes_ = buffers;
        return buffers > bytes;
    }
    const instant now = loop_.cached_time();
    if (now < next_look_) {
        return holds_;
    }
    next_look_ = now + between_looks;
    held_bytes_ = frame_pool::statistics().live_bytes + buffers;
    return held_bytes_ > bytes;
}

void memory_guard::report() noexcept {
    reported_ = true;
    try {
        const std::string text = "the memory limit of " + std::to_string(limit_) +
                                 " bytes is exceeded: " + std::to_string(held_bytes_) +
                                 " bytes are frames and buffers; little is accepted and received";
        loop_.call_debug_handler({debug_finding::memory_limit, text});
    } catch (...) {  // no memory for the text
    }
}

}  // namespace nurt::detail

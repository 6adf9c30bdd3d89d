// SPDX-License-Identifier: MIT
// nurt/base/frame_pool.hpp: memory for coroutine frames and task blocks.
//
// A free list for each size class of 16 bytes in each thread: a pair of allocate and deallocate
// costs a few nanoseconds, a quarter of malloc's. Under AddressSanitizer every call goes to
// operator new, so that a use after free stays visible.
//
// Memory comes in slabs of 64 KiB, aligned to their size, with their owner and a count of live
// blocks in their first line. A block freed by another thread goes home over an atomic list. When
// a thread ends, its slabs are orphaned and freed with their last block. Empty slabs beyond 1 MiB
// go back to the system.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nurt::frame_pool {

// Blocks larger than this come from operator new.
inline constexpr std::size_t largest = 1024;

[[gnu::malloc]] void* allocate(std::size_t size);
void deallocate(void* block, std::size_t size) noexcept;

struct statistics_t {
    std::int64_t live;       // blocks allocated by this thread and not yet freed by anyone
    std::size_t slab_bytes;  // memory this thread holds in slabs
};

// What this thread has allocated.
statistics_t statistics() noexcept;

// Blocks allocated and not freed, over all threads. Exact when no other thread runs.
std::int64_t live() noexcept;

}  // namespace nurt::frame_pool

// SPDX-License-Identifier: MIT
// nurt/base/frame_pool.hpp: memory for coroutine frames and task blocks.
//
// A free list for each size class of 16 bytes in each thread: a pair of allocate and deallocate
// costs a few nanoseconds, a quarter of malloc's. Under AddressSanitizer every call goes to
// operator new, so that a use after free stays visible.
//
// Memory comes in slabs of 64 KiB, aligned to their size, with their owner and a count of live
// blocks in their first line. A block freed by another thread goes home over an atomic list. When
// a thread ends, its slabs are orphaned and freed with their last block. Empty memory beyond 1 MiB
// goes back to the system.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nurt::frame_pool {

inline constexpr std::size_t granule = 16;    // bytes between size classes
inline constexpr std::size_t largest = 1024;  // larger blocks come from operator new

[[gnu::malloc]] void* allocate_class(std::size_t index);  // index * granule bytes
void deallocate_class(void* block) noexcept;
[[gnu::malloc]] void* allocate_large(std::size_t size);
void deallocate_large(void* block, std::size_t size) noexcept;

// The size of a frame is a constant where these are called, so the choice costs nothing.
inline void* allocate(std::size_t size) {
    return size <= largest ? allocate_class((size + granule - 1) / granule) : allocate_large(size);
}
inline void deallocate(void* block, std::size_t size) noexcept {
    size <= largest ? deallocate_class(block) : deallocate_large(block, size);
}

struct statistics_t {
    std::int64_t live;       // blocks of this thread's slabs that nobody has freed
    std::size_t live_bytes;  // in those, and in larger blocks
    std::size_t slab_bytes;  // memory this thread holds in slabs
};

// What this thread has allocated. Looks at every slab. Under AddressSanitizer only the bytes of larger
// blocks are known.
statistics_t statistics() noexcept;

// Not less than live_bytes, and found without looking at slabs.
std::size_t most_live_bytes() noexcept;

// Blocks allocated and not freed, over all threads. Exact when no other thread runs.
std::int64_t live() noexcept;

}  // namespace nurt::frame_pool

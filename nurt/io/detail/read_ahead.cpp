// SPDX-License-Identifier: MIT
// nurt/io/detail/read_ahead.cpp: see the header.
#include "nurt/io/detail/read_ahead.hpp"

#include "nurt/base/buffer_memory.hpp"

#include <cstdlib>
#include <cstring>

namespace nurt::io::detail {

using nurt::detail::count_buffer;

bool read_ahead::put(const void* bytes, std::size_t n) noexcept {
    if (n == 0) {
        return true;
    }
    const std::size_t have = size();
    if (!empty() && block_->begin != 0 && block_->capacity - block_->end < n) {
        std::memmove(block_->bytes(), block_->bytes() + block_->begin, have);
        block_->begin = 0;
        block_->end = have;
    }
    if (empty() || block_->capacity - block_->end < n) {
        const std::size_t doubled = empty() ? 0 : 2 * block_->capacity;
        const std::size_t capacity = have + n > doubled ? have + n : doubled;
        auto* larger = static_cast<block*>(std::realloc(block_, sizeof(block) + capacity));
        if (larger == nullptr) {
            return false;
        }
        if (empty()) {
            larger->begin = larger->end = larger->capacity = 0;
        }
        count_buffer(larger->capacity, capacity);
        larger->capacity = capacity;
        block_ = larger;
    }
    std::memcpy(block_->bytes() + block_->end, bytes, n);
    block_->end += n;
    return true;
}

std::size_t read_ahead::take(void* to, std::size_t n) noexcept {
    if (n > size()) {
        n = size();
    }
    if (n == 0) {
        return 0;
    }
    std::memcpy(to, block_->bytes() + block_->begin, n);
    block_->begin += n;
    if (block_->begin == block_->end) {
        clear();
    }
    return n;
}

void read_ahead::clear() noexcept {
    if (!empty()) {
        count_buffer(block_->capacity, 0);
    }
    std::free(block_);
    block_ = nullptr;
}

}  // namespace nurt::io::detail

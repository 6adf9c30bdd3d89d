// SPDX-License-Identifier: MIT
// nurt/stream/detail/read_buffer.cpp: see the header.
#include "nurt/stream/detail/read_buffer.hpp"

#include "nurt/base/buffer_memory.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nurt::detail {

read_buffer::~read_buffer() {
    count_buffer(memory_.size(), 0);
}

std::size_t read_buffer::take(void* to, std::size_t n) noexcept {
    n = std::min(n, size());
    std::memcpy(to, memory_.data() + begin_, n);
    drop(n);
    return n;
}

std::string read_buffer::take(std::size_t n) {
    std::string result(view().substr(0, n));
    drop(result.size());
    return result;
}

void read_buffer::drop(std::size_t n) noexcept {
    begin_ += n;
    if (begin_ == end_) {
        begin_ = end_ = 0;
        count_buffer(memory_.size(), 0);
        std::string().swap(memory_);
    }
}

void read_buffer::put_back(std::string&& text, std::size_t n) noexcept {
    memory_ = std::move(text);
    count_buffer(0, memory_.size());
    end_ = n;
}

read_buffer::room_t read_buffer::room(std::size_t least) {
    if (memory_.size() - end_ < least && begin_ > 0) {
        std::memmove(memory_.data(), memory_.data() + begin_, size());
        end_ -= begin_;
        begin_ = 0;
    }
    if (memory_.size() - end_ < least) {
        const std::size_t before = memory_.size();
        memory_.resize(std::max({end_ + least, before * 2, std::size_t{4096}}));
        count_buffer(before, memory_.size());
    }
    return {memory_.data() + end_, memory_.size() - end_};
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/http/detail/input_buffer.cpp: see the header.
#include "nurt/http/detail/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace nurt::http::detail {

namespace {

constexpr std::size_t smallest =
    4096;  // nearly every request fits, and an idle connection is cheap

}  // namespace

input_buffer::room_t input_buffer::room(std::size_t least) {
    if (empty() && !pinned_) begin_ = end_ = 0;
    if (capacity_ - end_ >= least) return {block_.get() + end_, capacity_ - end_};
    const std::size_t have = size();
    if (!pinned_ && capacity_ - have >= least) {
        std::memmove(block_.get(), block_.get() + begin_, have);
    } else {
        const std::size_t wanted = std::max({smallest, have + least, have * 2});
        auto fresh = std::make_unique_for_overwrite<char[]>(wanted);
        if (have != 0) std::memcpy(fresh.get(), block_.get() + begin_, have);
        if (pinned_) kept_ = std::move(block_);
        pinned_ = false;
        block_ = std::move(fresh);
        nurt::detail::count_buffer(capacity_, wanted);
        capacity_ = wanted;
    }
    begin_ = 0;
    end_ = have;
    return {block_.get() + end_, capacity_ - end_};
}

}  // namespace nurt::http::detail

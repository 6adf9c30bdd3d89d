// SPDX-License-Identifier: MIT
// nurt/http/detail/input_buffer.hpp: the bytes of a connection that wait to be understood.
//
// A request's head is used in place, as views, while its body is read behind it. So bytes that were
// pinned never move: if there is no room behind them, reading goes on in another block.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "nurt/base/buffer_memory.hpp"

namespace nurt::http::detail {

// An empty one that was never used owns no memory.
class input_buffer {
public:
    input_buffer() = default;
    input_buffer(const input_buffer&) = delete;
    input_buffer& operator=(const input_buffer&) = delete;
    ~input_buffer() { release(); }

    struct room_t {
        char* data;
        std::size_t size;
    };

    bool empty() const noexcept { return begin_ == end_; }
    std::size_t size() const noexcept { return end_ - begin_; }
    std::size_t capacity() const noexcept { return capacity_; }
    std::size_t room_left() const noexcept { return capacity_ - end_; }
    std::string_view view() const noexcept { return {block_.get() + begin_, end_ - begin_}; }

    void drop(std::size_t n) noexcept { begin_ += n; }

    // Memory for at least that many bytes more, behind what is there; it belongs to the caller until
    // filled() is called. What is there may move, unless it is pinned.
    room_t room(std::size_t least);
    void filled(std::size_t n) noexcept { end_ += n; }

    // What is in the buffer now stays where it is, dropped or not, until unpin().
    void pin() noexcept { pinned_ = true; }
    void unpin() noexcept {
        pinned_ = false;
        kept_.reset();
    }

    // Gives the memory back. Only while it is empty, and nobody has the room.
    void release() noexcept {
        nurt::detail::count_buffer(capacity_, 0);
        block_.reset();
        begin_ = end_ = capacity_ = 0;
    }

private:
    std::unique_ptr<char[]> block_;
    std::unique_ptr<char[]> kept_;  // what was pinned, when reading goes on elsewhere
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;  // of what was not dropped
    std::size_t end_ = 0;
    bool pinned_ = false;  // something in block_ is
};

}  // namespace nurt::http::detail

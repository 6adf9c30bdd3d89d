// SPDX-License-Identifier: MIT
// nurt/stream/detail/read_buffer.hpp: bytes that were read and not yet asked for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nurt::detail {

// Empty, it owns no memory: an idle connection keeps none.
class read_buffer {
public:
    read_buffer() = default;
    read_buffer(const read_buffer&) = delete;
    read_buffer& operator=(const read_buffer&) = delete;
    ~read_buffer();

    bool empty() const noexcept { return begin_ == end_; }
    std::size_t size() const noexcept { return end_ - begin_; }
    std::string_view view() const noexcept { return {memory_.data() + begin_, size()}; }

    // Takes up to n bytes from the front.
    std::size_t take(void* to, std::size_t n) noexcept;
    std::string take(std::size_t n);
    void drop(std::size_t n) noexcept;
    // The first n bytes of text, at least one, become what is there; nothing was.
    void put_back(std::string&& text, std::size_t n) noexcept;

    // Room behind the bytes, at least `least`; valid until the next call. Then says how much of
    // it was filled.
    struct room_t {
        char* data;
        std::size_t size;
    };
    room_t room(std::size_t least);
    void filled(std::size_t n) noexcept { end_ += n; }

private:
    std::string memory_;  // its size is the capacity
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace nurt::detail

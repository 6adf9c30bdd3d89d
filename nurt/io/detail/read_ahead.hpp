// SPDX-License-Identifier: MIT
// nurt/io/detail/read_ahead.hpp: what the kernel has delivered before somebody asked for it.
#pragma once

#include <cstddef>

namespace nurt::io::detail {

// A queue of bytes. Empty, it owns no memory and is one pointer: an idle connection keeps none.
class read_ahead {
public:
    read_ahead() = default;
    read_ahead(const read_ahead&) = delete;
    read_ahead& operator=(const read_ahead&) = delete;
    ~read_ahead() { clear(); }

    bool empty() const noexcept { return block_ == nullptr; }
    std::size_t size() const noexcept { return empty() ? 0 : block_->end - block_->begin; }

    // False without memory; then nothing was put.
    bool put(const void* bytes, std::size_t n) noexcept;
    // Takes up to n bytes from the front.
    std::size_t take(void* to, std::size_t n) noexcept;
    void clear() noexcept;

private:
    // Followed by its bytes. Never empty.
    struct block {
        std::size_t begin;
        std::size_t end;
        std::size_t capacity;

        char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
    };

    block* block_ = nullptr;
};

}  // namespace nurt::io::detail

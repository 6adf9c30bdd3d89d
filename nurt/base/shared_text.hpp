// SPDX-License-Identifier: MIT
// nurt/base/shared_text.hpp: an immutable text that is shared instead of copied.
//
// One pointer wide, so that names and messages cost the many objects that have none nothing, and
// without <string>, which the low rows of the library do not include.
#pragma once

#include <cstddef>

namespace nurt {

// A copy is another reference to the same characters. Copies of one text belong to one thread.
class shared_text {
public:
    shared_text() = default;
    shared_text(const char* text);  // copied; nullptr and "" are the empty text
    shared_text(const char* text, std::size_t size);
    shared_text(const shared_text& other) noexcept;
    shared_text(shared_text&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
    shared_text& operator=(shared_text other) noexcept {
        block* mine = block_;
        block_ = other.block_;
        other.block_ = mine;
        return *this;
    }
    ~shared_text() {
        if (block_ != nullptr) {
            release();
        }
    }

    bool empty() const noexcept { return block_ == nullptr; }
    const char* c_str() const noexcept;
    std::size_t size() const noexcept;
    // Whether there are other copies of it.
    bool shared() const noexcept;

private:
    struct block;
    void release() noexcept;

    block* block_ = nullptr;
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
#include "nurt/base/shared_text.hpp"

#include <atomic>
#include <cstring>
#include <new>

namespace nurt {

// The characters follow the block, with a zero at their end. The count is atomic because a
// cancelled_error may be rethrown in another thread (a result waited for from there).
struct shared_text::block {
    std::atomic<std::size_t> references;
    std::size_t size;

    char* data() { return reinterpret_cast<char*>(this + 1); }
};

shared_text::shared_text(const char* text)
    : shared_text(text, text == nullptr ? 0 : std::strlen(text)) {}

shared_text::shared_text(const char* text, std::size_t size) {
    if (size == 0) {
        return;
    }
    void* memory = ::operator new(sizeof(block) + size + 1);
    block_ = new (memory) block{1, size};
    std::memcpy(block_->data(), text, size);
    block_->data()[size] = '\0';
}

shared_text::shared_text(const shared_text& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) {
        block_->references.fetch_add(1, std::memory_order_relaxed);
    }
}

const char* shared_text::c_str() const noexcept {
    return block_ == nullptr ? "" : block_->data();
}

std::size_t shared_text::size() const noexcept {
    return block_ == nullptr ? 0 : block_->size;
}

bool shared_text::shared() const noexcept {
    return block_ != nullptr && block_->references.load(std::memory_order_acquire) > 1;
}

void shared_text::release() noexcept {
    if (block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        block_->~block();
        ::operator delete(block_);
    }
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/sync/detail/fifo_store.hpp: items in a ring, the oldest out first.
//
// A std::deque would allocate when it is made, and again every few hundred items that pass.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace nurt::detail {

// Invariant: the items are at head_, head_ + 1, ... modulo room_, which is zero or a power of two.
template <class T>
class fifo_store {
public:
    fifo_store() = default;
    fifo_store(const fifo_store&) = delete;
    fifo_store& operator=(const fifo_store&) = delete;
    ~fifo_store() {
        clear();
        free(slots_);
    }

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    void clear() noexcept {
        while (!empty()) static_cast<void>(pop());
    }
    void push(T&& item) {
        if (size_ == room_) [[unlikely]] {
            grow();
        }
        ::new (static_cast<void*>(slots_ + ((head_ + size_) & (room_ - 1)))) T(std::move(item));
        ++size_;
    }
    T pop() noexcept {
        T& slot = slots_[head_];
        T first = std::move(slot);
        slot.~T();
        head_ = (head_ + 1) & (room_ - 1);
        --size_;
        return first;
    }

private:
    static constexpr std::align_val_t alignment{alignof(T)};

    static void free(T* slots) noexcept { ::operator delete(slots, alignment); }

    void grow() {
        const std::size_t room = room_ == 0 ? 8 : 2 * room_;
        T* slots = static_cast<T*>(::operator new(room * sizeof(T), alignment));
        const std::size_t count = size_;
        for (std::size_t i = 0; i < count; ++i) {
            ::new (static_cast<void*>(slots + i)) T(pop());
        }
        free(slots_);
        slots_ = slots;
        room_ = room;
        head_ = 0;
        size_ = count;
    }

    T* slots_ = nullptr;
    std::size_t room_ = 0;
    std::size_t head_ = 0;
    std::size_t size_ = 0;
};

}  // namespace nurt::detail

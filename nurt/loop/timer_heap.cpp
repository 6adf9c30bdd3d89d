// SPDX-License-Identifier: MIT
#include "nurt/loop/timer_heap.hpp"

#include <cstdlib>
#include <new>

namespace nurt {

constinit timer_heap::entry timer_heap::nothing_{INT64_MAX, nullptr};

timer_heap::~timer_heap() {
    if (capacity_ != 0) {
        std::free(entries_);
    }
}

void timer_heap::add(timer_node& node, instant when, std::uint32_t sequence) {
    if (size_ == capacity_) {
        grow();
    }
    node.sequence_ = sequence;
    up(size_++, {when.count(), &node});
}

void timer_heap::remove(timer_node& node) noexcept {
    const std::size_t place = node.place_ - 1;
    node.place_ = 0;
    const entry last = entries_[--size_];
    if (place == size_) {
        if (size_ == 0) {
            entries_[0].when = INT64_MAX;
        }
        return;
    }
    if (place > 0 && before(last, entries_[(place - 1) / 4])) {
        up(place, last);
    } else {
        down(place, last);
    }
}

timer_node* timer_heap::pop_due(instant now) noexcept {
    if (empty() || entries_[0].when > now.count()) {
        return nullptr;
    }
    timer_node* first = entries_[0].node;
    remove(*first);
    return first;
}

void timer_heap::up(std::size_t place, entry e) noexcept {
    while (place > 0) {
        const std::size_t parent = (place - 1) / 4;
        if (!before(e, entries_[parent])) {
            break;
        }
        put(place, entries_[parent]);
        place = parent;
    }
    put(place, e);
}

void timer_heap::down(std::size_t place, entry e) noexcept {
    for (;;) {
        const std::size_t first = place * 4 + 1;
        if (first >= size_) {
            break;
        }
        const std::size_t end = first + 4 < size_ ? first + 4 : size_;
        std::size_t least = first;
        for (std::size_t child = first + 1; child < end; ++child) {
            if (before(entries_[child], entries_[least])) {
                least = child;
            }
        }
        if (!before(entries_[least], e)) {
            break;
        }
        put(place, entries_[least]);
        place = least;
    }
    put(place, e);
}

// realloc, because for large heaps it moves pages instead of copying entries.
void timer_heap::grow() {
    const std::size_t capacity = capacity_ == 0 ? 64 : capacity_ * 2;
    void* old = capacity_ == 0 ? nullptr : static_cast<void*>(entries_);
    void* memory = std::realloc(old, capacity * sizeof(entry));
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    entries_ = static_cast<entry*>(memory);
    capacity_ = capacity;
}

}  // namespace nurt

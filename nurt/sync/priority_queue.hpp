// SPDX-License-Identifier: MIT
// nurt/sync/priority_queue.hpp: a queue that gives the smallest item first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "nurt/sync/queue.hpp"

namespace nurt {

// Compares with operator<.
struct smaller {
    template <class T>
    bool operator()(const T& a, const T& b) const {
        return a < b;
    }
};

namespace detail {

template <class T, class Before>
class heap_store {
public:
    bool empty() const noexcept { return items_.empty(); }
    std::size_t size() const noexcept { return items_.size(); }
    void clear() noexcept { items_.clear(); }
    void push(T&& item) {
        items_.push_back(std::move(item));
        std::push_heap(items_.begin(), items_.end(), after);
    }
    T pop() {
        std::pop_heap(items_.begin(), items_.end(), after);
        T first = std::move(items_.back());
        items_.pop_back();
        return first;
    }

private:
    static bool after(const T& a, const T& b) { return Before()(b, a); }

    std::vector<T> items_;  // a heap
};

}  // namespace detail

// Items that are equal come in no particular order. Python: asyncio.PriorityQueue.
template <class T, class Before = smaller>
class priority_queue final : public basic_queue<T, detail::heap_store<T, Before>> {
public:
    using basic_queue<T, detail::heap_store<T, Before>>::basic_queue;
};

}  // namespace nurt

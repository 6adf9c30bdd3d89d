// SPDX-License-Identifier: MIT
// nurt/sync/lifo_queue.hpp: a queue that gives the newest item first.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "nurt/sync/queue.hpp"

namespace nurt {

namespace detail {

template <class T>
class lifo_store {
public:
    bool empty() const noexcept { return items_.empty(); }
    std::size_t size() const noexcept { return items_.size(); }
    void clear() noexcept { items_.clear(); }
    void push(T&& item) { items_.push_back(std::move(item)); }
    T pop() {
        T last = std::move(items_.back());
        items_.pop_back();
        return last;
    }

private:
    std::vector<T> items_;
};

}  // namespace detail

// Python: asyncio.LifoQueue.
template <class T>
class lifo_queue final : public basic_queue<T, detail::lifo_store<T>> {
public:
    using basic_queue<T, detail::lifo_store<T>>::basic_queue;
};

}  // namespace nurt

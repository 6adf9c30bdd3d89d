// SPDX-License-Identifier: MIT
#include "nurt/loop/detail/wake_order.hpp"

namespace nurt::detail {

void wake_order::suspended(const ready_node& task, const void* queue) {
    if (queue != nullptr) {
        queues_[&task] = queue;
    } else {
        queues_.erase(&task);
    }
}

// A node is one of up to three chains: those of its cause (odd numbers), of its queue (addresses,
// which are even), and of the callbacks (0).
void wake_order::load(ready_node* first) {
    items_.clear();
    last_.clear();
    std::size_t count = 0;
    for (const ready_node* n = first; n != nullptr; n = n->next_ready) {
        ++count;
    }
    const std::size_t unseen = count - causes_.size();
    items_.resize(count);
    std::size_t index = 0;
    for (ready_node* n = first; n != nullptr; n = n->next_ready, ++index) {
        items_[index].node = n;
        bind(index, index < unseen ? 1 : causes_[index - unseen] * 2 + 1);
        if (n->inspector() == nullptr) {
            bind(index, 0);
        } else if (const auto found = queues_.find(n); found != queues_.end()) {
            bind(index, reinterpret_cast<std::uintptr_t>(found->second));
        }
    }
    causes_.clear();
}

void wake_order::bind(std::size_t index, std::uintptr_t chain) {
    const auto [place, is_first] = last_.try_emplace(chain, index);
    if (!is_first) {
        items_[place->second].before.push_back(index);
        ++items_[index].waits_for;
        place->second = index;
    }
}

ready_node* wake_order::permute(ready_node* first) {
    load(first);
    std::vector<std::size_t> free;
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (items_[i].waits_for == 0) {
            free.push_back(i);
        }
    }
    ready_node* head = nullptr;
    ready_node** end = &head;
    while (!free.empty()) {
        std::swap(free[below(free.size())], free.back());
        const item& next = items_[free.back()];
        free.pop_back();
        *end = next.node;
        end = &next.node->next_ready;
        for (const std::size_t later : next.before) {
            if (--items_[later].waits_for == 0) {
                free.push_back(later);
            }
        }
    }
    *end = nullptr;
    return head;
}

// xorshift64* (Vigna: An experimental exploration of Marsaglia's xorshift generators, 2016).
std::size_t wake_order::below(std::size_t bound) noexcept {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<std::size_t>((state_ * 0x2545f4914f6cdd1d) >> 11) % bound;
}

}  // namespace nurt::detail

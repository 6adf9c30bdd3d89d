// SPDX-License-Identifier: MIT
// nurt/loop/detail/wake_order.hpp: another order for a turn, one that a program has to bear.
//
// What is ready in one turn is permuted, but three things keep their order: what stems from one step
// (or from outside, between two turns), what waited in one queue of a primitive, and callbacks. So a
// program that comes out differently relied on something that was never promised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "nurt/loop/ready_queue.hpp"

namespace nurt::detail {

class wake_order {
public:
    explicit wake_order(std::uint64_t seed) noexcept : state_(seed) {}

    // What is added from here on has a new cause.
    void new_cause() noexcept { ++cause_; }
    void added(const ready_node&) { causes_.push_back(cause_); }
    // A task was suspended: on a queue of waiters, or (null) on something else.
    void suspended(const ready_node& task, const void* queue);
    // Links the nodes that were taken out of the ready queue anew; returns the first.
    ready_node* permute(ready_node* first);

private:
    struct item {
        ready_node* node = nullptr;
        std::size_t waits_for = 0;        // how many of those before it have to run first
        std::vector<std::size_t> before;  // it runs before these
    };

    void load(ready_node* first);
    void bind(std::size_t index, std::uintptr_t chain);
    std::size_t below(std::size_t bound) noexcept;

    std::uint64_t state_;
    std::uint64_t cause_ = 0;
    std::vector<std::uint64_t> causes_;  // of the nodes in the ready queue; older ones have none
    std::unordered_map<const ready_node*, const void*> queues_;
    std::vector<item> items_;
    std::unordered_map<std::uintptr_t, std::size_t> last_;  // of each chain
};

}  // namespace nurt::detail

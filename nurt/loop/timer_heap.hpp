// SPDX-License-Identifier: MIT
// nurt/loop/timer_heap.hpp: deadlines, the earliest first.
//
// A 4-ary heap with the deadlines in its own array, so that finding a place touches no node.
// Equal deadlines fire in the order in which their timers were made. Removing is exact and at once:
// a million short timeouts that never fire leave nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/base/time.hpp"

namespace nurt {

// Lives in whatever waits for a deadline; in the heap at most once.
class timer_node {
public:
    timer_node() = default;
    timer_node(const timer_node&) = delete;
    timer_node& operator=(const timer_node&) = delete;

    // Called by the loop when the deadline has passed; the node is out of the heap by then.
    virtual void expire() noexcept = 0;
    // Called instead of expire() when the loop is closed.
    virtual void discard() noexcept {}

    bool armed() const noexcept { return place_ != 0; }

protected:
    ~timer_node() = default;

private:
    friend class timer_heap;
    std::uint32_t sequence_ = 0;
    std::uint32_t place_ = 0;  // index in the heap + 1; 0: not in it
};

class timer_heap {
public:
    timer_heap() = default;
    timer_heap(const timer_heap&) = delete;
    timer_heap& operator=(const timer_heap&) = delete;
    ~timer_heap();

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    instant earliest() const noexcept { return instant::from(entries_[0].when); }

    // A place in the order of equal deadlines, for a timer that is armed later than it is made.
    std::uint32_t next_sequence() noexcept { return ++sequence_; }

    void add(timer_node& node, instant when) { add(node, when, next_sequence()); }
    void add(timer_node& node, instant when, std::uint32_t sequence);
    void remove(timer_node& node) noexcept;
    instant deadline(const timer_node& node) const noexcept {
        return instant::from(entries_[node.place_ - 1].when);
    }

    // Takes the earliest out if it is due at now, else nullptr.
    timer_node* pop_due(instant now) noexcept;
    timer_node* pop() noexcept { return pop_due(instant::never()); }

private:
    struct entry {
        std::int64_t when;
        timer_node* node;
    };

    static bool before(const entry& a, const entry& b) noexcept {
        if (a.when != b.when) {
            return a.when < b.when;
        }
        // Differences, so that the order survives the counter's overflow.
        return static_cast<std::int32_t>(a.node->sequence_ - b.node->sequence_) < 0;
    }
    void put(std::size_t place, entry e) noexcept {
        entries_[place] = e;
        e.node->place_ = static_cast<std::uint32_t>(place + 1);
    }
    void up(std::size_t place, entry e) noexcept;
    void down(std::size_t place, entry e) noexcept;
    void grow();

    // The first entry can always be read: an empty heap says never there.
    static entry nothing_;
    entry* entries_ = &nothing_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::uint32_t sequence_ = 0;
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/core/detail/completion_set.hpp: hears of the ends of several futures, one after the other.
//
// Each end is heard in a turn of its own after it, in the order of the ends, as a done callback
// would be. A future that is done when listening begins is heard in the next turn too.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/core/detail/future_base.hpp"

namespace nurt::detail {

// Invariants:
//  1. Every child that is queued holds a reference to the set.
//  2. The set holds one to each source, and no source one to the set: a future that nobody ever
//     settles keeps nothing alive.
class completion_set {
public:
    completion_set(const completion_set&) = delete;
    completion_set& operator=(const completion_set&) = delete;

    void retain() noexcept { ++references_; }
    void release() noexcept {
        if (--references_ == 0) {
            delete this;
        }
    }

    // Takes over a reference to the source; at most `capacity` times, and before listen().
    void add(future_base& source) noexcept;
    std::size_t size() const noexcept { return count_; }
    future_base& source(std::size_t index) const noexcept { return *children_[index].source; }

protected:
    struct child final : settle_listener, ready_node {
        enum class stage : std::uint8_t { idle, listening, queued, heard, dropped };

        child(completion_set& s, future_base& f) noexcept : set(&s), source(&f) {}
        void settled(future_base&) noexcept override;
        const future_base* awaiter() const noexcept override { return set->waiter(); }
        void run() noexcept override;
        void discard() noexcept override { set->release(); }

        completion_set* set;
        future_base* source;
        child* next_done = nullptr;
        stage at = stage::idle;
    };

    explicit completion_set(std::size_t capacity);
    virtual ~completion_set();

    void listen() noexcept;
    // Those that were not heard yet never will be.
    void stop_listening() noexcept;
    // One has ended; called from the ready queue.
    virtual void heard(child& c) noexcept = 0;
    // The task that waits for them, if there is one at the moment.
    virtual const future_base* waiter() const noexcept = 0;

    std::size_t unheard() const noexcept { return unheard_; }
    // Whether one has ended, heard or not.
    bool any_ended() const noexcept;
    // Cancels those that have not ended.
    void cancel_sources(const shared_text& message) noexcept;
    // Those that have not ended.
    void add_sources(wait_list& list) const;
    std::size_t index_of(const child& c) const noexcept {
        return static_cast<std::size_t>(&c - children_);
    }

private:
    child* children_;
    std::size_t count_ = 0;
    std::size_t unheard_ = 0;
    unsigned references_ = 1;
};

}  // namespace nurt::detail

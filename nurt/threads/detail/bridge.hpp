// SPDX-License-Identifier: MIT
// nurt/threads/detail/bridge.hpp: a message that one thread may send once to an object of a loop.
//
// The object belongs to the loop's thread, and may be gone by the time of the message; so may the loop.
#pragma once

#include <atomic>

#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

// What a bridge leads to, on the loop's thread.
class bridge_end {
public:
    virtual void called() noexcept = 0;

protected:
    ~bridge_end() = default;
};

// Invariants:
//  1. end_ belongs to the loop's thread, and is null once that object has gone.
//  2. References: that object's, each sender's, and the queue's while it is posted.
class bridge final : public ready_node {
public:
    bridge(event_loop& loop, bridge_end& end) noexcept : inbox_(loop.inbox()), end_(&end) {
        inbox_.retain();
    }

    // From any thread, once. A loop that is closed hears nothing.
    void call() noexcept {
        retain();
        if (!inbox_.push(*this)) {
            release();
        }
    }
    // The end goes.
    void cut() noexcept {
        end_ = nullptr;
        release();
    }
    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    void run() noexcept override {
        if (end_ != nullptr) {
            end_->called();
        }
        release();
    }
    void discard() noexcept override { release(); }

private:
    ~bridge() { inbox_.release(); }

    mailbox& inbox_;
    bridge_end* end_;
    std::atomic<unsigned> references_{1};
};

// A sender's hold on a bridge; calls it, for use as a callback.
class bridge_call {
public:
    explicit bridge_call(bridge& b) noexcept : bridge_(&b) { b.retain(); }
    bridge_call(bridge_call&& other) noexcept : bridge_(other.bridge_) { other.bridge_ = nullptr; }
    bridge_call& operator=(bridge_call&&) = delete;
    ~bridge_call() {
        if (bridge_ != nullptr) {
            bridge_->release();
        }
    }
    void operator()() const noexcept { bridge_->call(); }

private:
    bridge* bridge_;
};

}  // namespace nurt::detail

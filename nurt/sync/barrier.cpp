// SPDX-License-Identifier: MIT
#include "nurt/sync/barrier.hpp"

#include "nurt/sync/errors.hpp"

namespace nurt {

barrier::barrier(std::size_t parties) : parties_(parties) {
    if (parties == 0) {
        throw usage_error("barrier parties must be >= 1");
    }
}

bool barrier::waiting::await_ready() {
    barrier& b = barrier_;
    if (b.state_ == state_t::broken) {
        detail::throw_broken_barrier();
    }
    if (b.state_ != state_t::filling || b.filling_.size() + 1 < b.parties_) {
        return false;
    }
    index_ = b.parties_ - 1;
    b.release_all();
    return true;
}

void barrier::waiting::await_suspend(std::coroutine_handle<>) noexcept {
    park(barrier_.state_ == state_t::filling ? barrier_.filling_ : barrier_.outside_);
}

std::size_t barrier::waiting::await_resume() {
    if (leaves_) {
        barrier_.left();
    }
    if (broken_) {
        detail::throw_broken_barrier();
    }
    return index_;
}

// The places are numbered here and not on arrival, for somebody may have been cancelled since.
void barrier::release_all() noexcept {
    std::size_t index = 0;
    while (waiting* w = filling_.pop<waiting>()) {
        w->index_ = index++;
        w->leaves_ = true;
        parking_lot::wake(*w);
    }
    leaving_ += index;
    if (leaving_ != 0) {
        state_ = state_t::draining;
    }
}

std::size_t barrier::break_all(parking_lot& lot, bool leaves) noexcept {
    std::size_t count = 0;
    while (waiting* w = lot.pop<waiting>()) {
        w->broken_ = true;
        w->leaves_ = leaves;
        parking_lot::wake(*w);
        ++count;
    }
    return count;
}

void barrier::left() noexcept {
    if (--leaving_ == 0 && state_ != state_t::broken) {
        open();
    }
}

// Lets in those who stand outside, up to the number that fills it again.
void barrier::open() noexcept {
    state_ = state_t::filling;
    while (state_ == state_t::filling) {
        waiting* w = outside_.pop<waiting>();
        if (w == nullptr) return;
        w->park_in(filling_);
        if (filling_.size() == parties_) {
            release_all();
        }
    }
}

void barrier::reset() noexcept {
    if (state_ == state_t::draining || state_ == state_t::resetting) {
        return;  // nobody is inside who could be told; those outside have not begun
    }
    leaving_ += break_all(filling_, true);
    state_ = leaving_ == 0 ? state_t::filling : state_t::resetting;
}

void barrier::abort() noexcept {
    leaving_ += break_all(filling_, true);
    break_all(outside_, false);
    state_ = state_t::broken;
}

}  // namespace nurt

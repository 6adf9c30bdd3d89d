// SPDX-License-Identifier: MIT
#include "nurt/loop/threadsafe_node.hpp"

#include <utility>

#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/callback_node.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/threadsafe_handle.hpp"

namespace nurt {

namespace detail {

void* threadsafe_node::operator new(std::size_t size) {
    return frame_pool::allocate(size);
}

void threadsafe_node::operator delete(void* memory, std::size_t size) noexcept {
    frame_pool::deallocate(memory, size);
}

void threadsafe_node::run() noexcept {
    if (leave_waiting(callback_state::running)) {
        {
            unique_function<void()> mine = std::move(callback);
            run_guarded(*loop, mine, context);
        }
        if (state.exchange(callback_state::over, std::memory_order_acq_rel) ==
            callback_state::watched) {
            state.notify_all();
        }
    }
    release();
}

void threadsafe_node::discard() noexcept {
    if (leave_waiting(callback_state::over)) {
        callback = nullptr;
    }
    release();
}

void threadsafe_node::cancel() noexcept {
    if (leave_waiting(callback_state::cancelled)) {
        callback = nullptr;
        return;
    }
    if (this_thread.loop == loop) {
        return;  // on this thread only the callback itself can be running
    }
    callback_state now = callback_state::running;
    if (state.compare_exchange_strong(now, callback_state::watched, std::memory_order_acq_rel)) {
        now = callback_state::watched;
    }
    while (now == callback_state::watched) {
        state.wait(now, std::memory_order_acquire);
        now = state.load(std::memory_order_acquire);
    }
}

}  // namespace detail

threadsafe_handle::threadsafe_handle(const threadsafe_handle& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) {
        node_->retain();
    }
}

threadsafe_handle& threadsafe_handle::operator=(threadsafe_handle other) noexcept {
    std::swap(node_, other.node_);
    return *this;
}

threadsafe_handle::~threadsafe_handle() {
    if (node_ != nullptr) {
        node_->release();
    }
}

void threadsafe_handle::cancel() noexcept {
    if (node_ != nullptr) {
        node_->cancel();
    }
}

bool threadsafe_handle::cancelled() const noexcept {
    return node_ != nullptr &&
           node_->state.load(std::memory_order_acquire) == detail::callback_state::cancelled;
}

}  // namespace nurt

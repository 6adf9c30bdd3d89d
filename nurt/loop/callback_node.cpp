// SPDX-License-Identifier: MIT
#include "nurt/loop/callback_node.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"

namespace nurt {

namespace detail {

void* callback_node::operator new(std::size_t size) {
    return frame_pool::allocate(size);
}

void callback_node::operator delete(void* memory, std::size_t size) noexcept {
    frame_pool::deallocate(memory, size);
}

void callback_node::run() noexcept {
    if (!cancelled) {
        unique_function<void()> mine = std::move(callback);
        run_guarded(*loop, mine, context);
    }
    release();
}

void callback_node::expire() noexcept {
    loop->push_ready(*this);
}

void callback_node::discard() noexcept {
    callback = nullptr;
    release();
}

void callback_node::cancel() noexcept {
    if (cancelled || !callback) {
        return;
    }
    cancelled = true;
    callback = nullptr;
    if (armed()) {
        loop->timers().remove(*this);
        release();
    }
}

void run_guarded(event_loop& loop, unique_function<void()>& callback,
                 context_box* context) noexcept {
    const context_entry entry(context);
    try {
        callback();
    } catch (const std::exception&) {
        loop.call_exception_handler({"exception in callback", std::current_exception(), {}, {}});
    } catch (const cancelled_error&) {  // of a future it looked at: nobody's wish to end the loop
        loop.call_exception_handler({"exception in callback", std::current_exception(), {}, {}});
    } catch (...) {
        loop.fail(std::current_exception());
    }
}

}  // namespace detail

handle::handle(const handle& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) {
        ++node_->references;
    }
}

handle& handle::operator=(handle other) noexcept {
    std::swap(node_, other.node_);
    return *this;
}

handle::~handle() {
    if (node_ != nullptr) {
        node_->release();
    }
}

void handle::cancel() noexcept {
    if (node_ != nullptr) {
        node_->cancel();
    }
}

bool handle::cancelled() const noexcept {
    return node_ != nullptr && node_->cancelled;
}

instant handle::when() const noexcept {
    return node_ == nullptr ? instant() : node_->when;
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/sync/signals.cpp: see the header.
#include "nurt/sync/signals.hpp"

#include "nurt/io/signals.hpp"
#include "nurt/loop/event_loop.hpp"

#include <atomic>
#include <bit>

namespace nurt {

namespace detail {

// What the signal handler and a receiver share. It is in the loop's mailbox at most once, and lives
// until it has left that, which may be after its receiver.
class signal_box final : public io::signal_listener, private ready_node, private resident {
public:
    explicit signal_box(event_loop& loop) noexcept : loop_(loop) { loop.add_resident(*this); }

    parking_lot& waiters() noexcept { return waiters_; }
    bool is_closed() const noexcept { return closed_; }

    std::optional<int> take() noexcept {
        arrived_ |= pending_.exchange(0);
        if (arrived_ == 0) {
            return std::nullopt;
        }
        const int signal = std::countr_zero(arrived_) + 1;
        arrived_ &= arrived_ - 1;
        return signal;
    }
    void close() noexcept {
        closed_ = true;
        arrived_ = 0;
        move_out();
        stop_listening();
        pending_ = 0;
        waiters_.unpark_all();
    }
    // Its receiver has gone.
    void abandon() noexcept {
        close();
        abandoned_ = true;
        if (!queued_) {
            delete this;
        }
    }

private:
    ~signal_box() = default;

    void raised(int signal) noexcept override {
        pending_.fetch_or(bit(signal));
        if (!queued_.exchange(true)) {
            loop_.push_ready_threadsafe(*this);
        }
    }
    void run() noexcept override {
        queued_ = false;
        if (abandoned_) {
            delete this;
        } else {
            hand_over();
        }
    }
    void hand_over() noexcept {
        while (!waiters_.empty()) {
            const std::optional<int> signal = take();
            if (!signal) {
                return;
            }
            auto* waiter = waiters_.pop<signal_receiver::next_awaitable>();
            waiter->signal_ = signal;
            parking_lot::wake(*waiter);
        }
    }
    void discard() noexcept override {
        queued_ = false;
        if (abandoned_) {
            delete this;
        }
    }
    const char* type_name() const noexcept override { return "nurt::signal_receiver"; }
    void loop_closes() noexcept override { close(); }

    event_loop& loop_;
    std::atomic<std::uint64_t> pending_{0};  // told by the handler
    std::atomic<bool> queued_{false};
    std::uint64_t arrived_ = 0;  // and not taken yet
    bool closed_ = false;
    bool abandoned_ = false;
    parking_lot waiters_;
};

}  // namespace detail

signal_receiver::next_awaitable::next_awaitable(detail::signal_box& box) noexcept
    : parked(box.waiters()), box_(box) {}

bool signal_receiver::next_awaitable::await_ready() {
    signal_ = box_.take();
    return signal_ || box_.is_closed();
}

signal_receiver::signal_receiver() : box_(new detail::signal_box(event_loop::running())) {}

signal_receiver& signal_receiver::operator=(signal_receiver&& other) noexcept {
    std::swap(box_, other.box_);
    return *this;
}

signal_receiver::~signal_receiver() {
    if (box_ != nullptr) {
        box_->abandon();
    }
}

std::optional<int> signal_receiver::try_next() noexcept {
    return box_->take();
}

void signal_receiver::close() noexcept {
    box_->close();
}

void signal_receiver::listen(int signal) {
    box_->listen(signal);
}

}  // namespace nurt

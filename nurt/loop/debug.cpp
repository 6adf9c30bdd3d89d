// SPDX-License-Identifier: MIT
// nurt/loop/debug.cpp: the parts of event_loop that few programs use: instruments, debug mode.
#include "nurt/loop/debug.hpp"

#include <cstdio>

#include "nurt/base/error.hpp"
#include "nurt/loop/detail/observation.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

// Kept until the loop ends, so that it may be left in the middle of a turn.
detail::observation& event_loop::observe() {
    if (!observation_) {
        observation_ = std::make_unique<detail::observation>(*this);
    }
    return *observation_;
}

void event_loop::update_attention() noexcept {
    const bool was = (attention_ & attention_observed) != 0;
    const bool is = observation_ != nullptr && (loop_core::debug || observation_->watched());
    if (is == was) {
        return;
    }
    attention_ ^= attention_observed;
    if (is) {
        observation_->begin();
    }
}

void event_loop::add_instrument(instrument& one) {
    observe().add(one);
    update_attention();
}

void event_loop::remove_instrument(const instrument& one) noexcept {
    if (observation_) {
        observation_->remove(one);
        update_attention();
    }
}

void event_loop::set_debug(bool on) {
    static_cast<void>(observe());
    loop_core::debug = on;
    update_attention();
}

// Reading what another thread writes is a race itself, and good enough to tell that there is one.
void event_loop::check_thread() const {
    if (loop_core::debug && running_ && detail::this_thread.loop != this) {
        throw usage_error(
            "Non-thread-safe operation invoked on an event loop other than the current one");
    }
}

void detail::check_foreign(home_id home) {
    if (const event_loop* there = loop_at(home)) {
        there->check_thread();
    }
}

void event_loop::set_slow_callback_duration(duration limit) {
    observe().slow = limit;
}

duration event_loop::slow_callback_duration() const noexcept {
    return observation_ ? observation_->slow : detail::observation::usual_slow;
}

void event_loop::set_shuffle_seed(std::uint64_t seed) {
    observe().shuffle = seed == 0 ? nullptr : std::make_unique<detail::wake_order>(seed);
    update_attention();
}

std::source_location event_loop::step_place() const noexcept {
    return observation_ ? observation_->step_place : std::source_location();
}

void event_loop::set_debug_handler(debug_handler handler) {
    observe().handler = std::move(handler);
}

void event_loop::call_debug_handler(const debug_report& report) noexcept {
    if (!observation_ || !observation_->handler) {
        std::fprintf(stderr, "nurt: %.*s\n", static_cast<int>(report.message.size()),
                     report.message.data());
        return;
    }
    // Taken out while it runs: what it does may be reported too, and it may be replaced.
    debug_handler mine = std::exchange(observation_->handler, nullptr);
    try {
        mine(report);
    } catch (...) {
        call_exception_handler({"the debug handler failed", std::current_exception(), {}, {}});
    }
    if (!observation_->handler) {
        observation_->handler = std::move(mine);
    }
}

}  // namespace nurt

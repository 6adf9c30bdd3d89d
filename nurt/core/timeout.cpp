// SPDX-License-Identifier: MIT
#include "nurt/core/timeout.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

void timeout_state::reschedule(instant when) {
    static_cast<detail::timeout_scope*>(this)->move_to(when);
}

void timeout_state::reschedule(duration from_now) {
    reschedule(detail::deadline_after(from_now));
}

namespace detail {

instant deadline_after(duration delay) {
    if (delay == duration::max()) {
        return instant::never();
    }
    event_loop& loop = event_loop::running();
    return delay > duration::zero() ? loop.time() + delay : loop.cached_time();
}

// The timer is armed when the body first suspends; a body that never does costs no timer.
void timeout_scope::begin() noexcept {
    task_ = this_thread.task;
    request_.source = cancel_source::scope;
    sequence_ = event_loop::here().timers().next_sequence();
    request_.shields = task_->shields();
    next_unarmed = this_thread.unarmed;
    this_thread.unarmed = this;
    unarmed_ = true;
}

void timeout_scope::arm() noexcept {
    unarmed_ = false;
    if (when_ != instant::never()) {
        event_loop::here().timers().add(*this, when_, sequence_);
    }
}

void arm_scopes() noexcept {
    while (timeout_scope* scope = this_thread.unarmed) {
        this_thread.unarmed = scope->next_unarmed;
        scope->arm();
    }
}

void timeout_scope::expire() noexcept {
    fired_ = true;
    task_->request_cancel(request_);
}

void timeout_scope::move_to(instant when) {
    if (fired_ || task_ == nullptr) {
        throw_usage("cannot change the deadline of a timeout that has expired or finished");
    }
    when_ = when;
    if (unarmed_) {
        return;
    }
    if (armed()) {
        event_loop::here().timers().remove(*this);
    }
    arm();
}

void timeout_scope::end(const std::exception_ptr& error) {
    task_base& task = *std::exchange(task_, nullptr);
    if (unarmed_) {  // then it is the innermost one
        this_thread.unarmed = next_unarmed;
    }
    if (armed()) {
        event_loop::here().timers().remove(*this);
    }
    if (!fired_) {
        return;
    }
    const bool mine = request_.delivered != 0 && !task.others_delivered(request_);
    task.withdraw(request_);
    if (mine && is_cancellation(error)) {
        throw timeout_error();
    }
}

}  // namespace detail
}  // namespace nurt

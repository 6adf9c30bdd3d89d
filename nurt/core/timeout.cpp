// SPDX-License-Identifier: MIT
#include "nurt/core/timeout.hpp"

#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/detail/future_awaiter.hpp"
#include "nurt/core/detail/group_state.hpp"
#include "nurt/core/detail/late_error.hpp"
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

// In the ready queue when a scope's time is over. It outlives the scope, which may end before.
struct scope_expiry final : ready_node {
    static void* operator new(std::size_t size) { return frame_pool::allocate(size); }
    static void operator delete(void* memory, std::size_t size) noexcept {
        frame_pool::deallocate(memory, size);
    }

    void run() noexcept override {
        if (scope != nullptr) {
            scope->expiry_ = nullptr;
            scope->fire();
        }
        delete this;
    }
    void discard() noexcept override {
        if (scope != nullptr) {
            scope->expiry_ = nullptr;
        }
        delete this;
    }

    timeout_scope* scope = nullptr;
};

namespace {

constexpr int longest_look = 8;

// Whether the task stands in a sleep, its own or that of a task that it awaits: nothing that is in
// the ready queue can be about to end that wait with a result.
bool sleeps(const task_base* task) noexcept {
    for (int i = 0; task != nullptr && i < longest_look; ++i) {
        if (dynamic_cast<const sleep_awaiter*>(task->waiting_on) != nullptr) {
            return true;
        }
        const auto* wait = dynamic_cast<const future_wait*>(task->waiting_on);
        task = wait == nullptr ? nullptr : dynamic_cast<const task_base*>(&wait->target());
    }
    return false;
}

}  // namespace

// The timer is armed when the body first suspends; a body that never does costs no timer.
// What may fail for want of memory is made here, since a task that is being suspended cannot throw.
void timeout_scope::begin() {
    if (this_thread.task->extras == nullptr) [[unlikely]] {
        this_thread.task->extra();
    }
    task_ = this_thread.task;
    request_.source = cancel_source::scope;
    sequence_ = event_loop::here().timers().next_sequence();
    request_.shields = task_->shields();
    deliveries_at_entry_ = task_->deliveries();
    outer_ = this_thread.unarmed;
    this_thread.unarmed = this;
    unarmed_ = true;
}

void timeout_scope::arm_all() noexcept {
    timeout_scope* const innermost = std::exchange(this_thread.unarmed, nullptr);
    timeout_scope* outermost = innermost;
    for (timeout_scope* scope = innermost; scope != nullptr; scope = scope->outer_) {
        scope->unarmed_ = false;
        scope->set_timer();
        outermost = scope;
    }
    outermost->outer_ = std::exchange(innermost->task_->extras->scopes, innermost);
}

void arm_scopes() noexcept {
    timeout_scope::arm_all();
}

void timeout_scope::set_timer() {
    if (when_ != instant::never()) {
        event_loop::here().timers().add(*this, when_, sequence_);
    }
}

void timeout_scope::drop_timer() noexcept {
    if (armed()) {
        event_loop::here().timers().remove(*this);
    }
    if (expiry_ != nullptr) {
        std::exchange(expiry_, nullptr)->scope = nullptr;
    }
}

// Callbacks and tasks that are ready are earlier, and may be about to end the wait.
void timeout_scope::expire() noexcept {
    if (task_->waiting_on == nullptr || sleeps(task_)) {
        fire();
        return;
    }
    expiry_ = new scope_expiry;
    expiry_->scope = this;
    this_thread.core->ready.push(*expiry_);
}

void timeout_scope::fire() noexcept {
    fired_ = true;
    task_->request_cancel(request_);
}

void timeout_scope::move_to(instant when) {
    if (fired_ || task_ == nullptr) {
        throw_usage("cannot change the deadline of a timeout that has expired or finished");
    }
    when_ = when;
    if (!unarmed_) {
        drop_timer();
        set_timer();
    }
}

bool timeout_scope::end_armed(std::exception_ptr* error) {
    task_base& task = *std::exchange(task_, nullptr);
    task.extras->scopes = outer_;
    drop_timer();
    if (!fired_) {
        return false;
    }
    const bool mine =
        request_.delivered != 0 && !task.others_delivered(request_, deliveries_at_entry_);
    task.withdraw(request_);
    if (error == nullptr || !request_.seen) {
        return false;
    }
    if (is_cancellation(*error)) {
        return mine;
    }
    *error = after_timeout(*error);
    return false;
}

}  // namespace detail

namespace {

instant nearest(const detail::timeout_scope* scope, std::uint32_t shields) noexcept {
    instant least = instant::never();
    for (; scope != nullptr; scope = scope->outer()) {
        if (scope->acts_under(shields) && scope->when() < least) {
            least = scope->when();
        }
    }
    return least;
}

}  // namespace

instant deadline() noexcept {
    const detail::task_base* task = detail::this_thread.task;
    if (task == nullptr) {
        return instant::never();
    }
    std::uint32_t shields = task->shields();
    instant least = nearest(detail::this_thread.unarmed, shields);
    const detail::timeout_scope* scope = task->extras == nullptr ? nullptr : task->extras->scopes;
    for (;;) {
        const instant here = nearest(scope, shields);
        least = here < least ? here : least;
        const detail::group_state* group = shields == 0 ? detail::group_of(*task) : nullptr;
        if (group == nullptr) {
            return least;
        }
        scope = group->around;
        shields = group->request.shields;
        task = group->parent;
    }
}

}  // namespace nurt

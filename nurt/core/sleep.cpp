// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"

#include "nurt/core/detail/task_base.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

sleep_awaiter::sleep_awaiter(duration delay)
    : when_(delay > duration::zero() ? event_loop::running().time() + delay : instant()) {}

void sleep_awaiter::await_suspend(std::coroutine_handle<>) {
    event_loop& loop = *this_thread.loop;
    if (when_ == instant()) {
        loop.push_ready(waiter());
    } else {
        loop.timers().add(*this, when_);
    }
}

cancel_answer sleep_awaiter::cancel() noexcept {
    if (when_ == instant()) {
        return cancel_answer::queued;
    }
    this_thread.loop->timers().remove(*this);
    return cancel_answer::done;
}

}  // namespace nurt::detail

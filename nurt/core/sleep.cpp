// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"

#include "nurt/core/detail/task_base.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

instant wake_up_time(duration delay) {
    return event_loop::running().time() + delay;
}

void sleep_awaiter::arm() noexcept {
    this_thread.loop->timers().add(*this, when_);
}

cancel_answer sleep_awaiter::cancel() noexcept {
    if (when_ == instant()) {
        return cancel_answer::queued;
    }
    this_thread.loop->timers().remove(*this);
    return cancel_answer::done;
}

}  // namespace nurt::detail

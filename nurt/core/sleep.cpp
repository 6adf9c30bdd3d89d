// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"

#include <cstring>
#include <new>

#include "nurt/core/detail/task_base.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

instant wake_up_time(duration delay) {
    return event_loop::running().time() + delay;
}

void sleep_awaiter::arm() noexcept {
    const instant when = when_;
    this_thread.loop->timers().add(*new (&alarm_) alarm, when);
}

// An alarm begins with a pointer, which is not zero.
bool sleep_awaiter::yields() const noexcept {
    std::int64_t first = 0;
    std::memcpy(&first, &when_, sizeof(first));
    return first == 0;
}

cancel_answer sleep_awaiter::cancel() noexcept {
    if (yields()) {
        return cancel_answer::queued;
    }
    event_loop::here().timers().remove(alarm_);
    return cancel_answer::done;
}

}  // namespace nurt::detail

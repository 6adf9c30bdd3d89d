// SPDX-License-Identifier: MIT
#include "nurt/core/detail/stranger.hpp"

#include "nurt/core/detail/task_base.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

// Rings while the coroutine counts as suspended: as soon as the task has been queued it may run, on
// the loop's thread, and destroy the door.
struct ring_awaiter {
    stranger_base* target;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept { target->ring(); }
    void await_resume() const noexcept {}
};

doorbell make_door(stranger_base* target) {
    for (;;) {
        co_await ring_awaiter{target};
    }
}

}  // namespace

std::coroutine_handle<> stranger_base::open_door() {
    loop_ = this_thread.loop;
    door_ = make_door(this);
    return door_.handle();
}

void stranger_base::ring() noexcept {
    if (this_thread.loop == loop_) {
        complete();
    } else {
        waiter().wake_threadsafe(*loop_);
    }
}

}  // namespace nurt::detail

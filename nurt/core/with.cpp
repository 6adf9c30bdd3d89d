// SPDX-License-Identifier: MIT
#include "nurt/core/with.hpp"

#include "nurt/loop/event_loop.hpp"

namespace nurt {

cleanup_shield::cleanup_shield(duration grace) : task_(detail::this_thread.task) {
    event_loop& loop = event_loop::running();
    task_->shield();
    if (grace != duration::max()) {
        loop.timers().add(*this, loop.time() + grace);
    }
}

cleanup_shield::~cleanup_shield() {
    if (armed()) {
        detail::this_thread.loop->timers().remove(*this);
    }
    if (!expired_) {
        task_->unshield();
    }
}

void cleanup_shield::expire() noexcept {
    expired_ = true;
    task_->unshield();
}

}  // namespace nurt

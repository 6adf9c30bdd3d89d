// SPDX-License-Identifier: MIT
#include "nurt/sync/lock.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

void lock::release() {
    if (!locked()) {
        throw usage_error("lock is not acquired");
    }
    hand_on();
}

task_view lock::owner() const noexcept {
    return task_by_number(owner_);
}

}  // namespace nurt

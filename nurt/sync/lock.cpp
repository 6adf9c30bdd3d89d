// SPDX-License-Identifier: MIT
#include "nurt/sync/lock.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

void lock::release() {
    if (!locked()) {
        throw usage_error("lock is not acquired");
    }
    hand_on();
}

void lock::add_owner(detail::wait_list& list) const {
    list.what = "a lock";
    list.who.push_back(owner().base());
}

void lock::acquiring::waits_for(detail::wait_list& list) const {
    lock_.add_owner(list);
}

task_view lock::owner() const noexcept {
    return task_by_number(owner_);
}

}  // namespace nurt

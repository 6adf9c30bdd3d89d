// SPDX-License-Identifier: MIT
#include "nurt/sync/semaphore.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/task.hpp"
#include "nurt/sync/bounded_semaphore.hpp"

namespace nurt {

void semaphore::refuse_value() {
    throw usage_error("semaphore initial value must be >= 0");
}

std::vector<task_view> semaphore::holders() const {
    std::vector<task_view> found;
    for (permit* p = permits_.front(); p != nullptr; p = permits_.next(*p)) {
        const task_view task = task_by_number(p->owner_);
        if (task) found.push_back(task);
    }
    return found;
}

void semaphore::acquiring::waits_for(detail::wait_list& list) const {
    list.what = "a semaphore";
    list.any = true;
    for (const task_view holder : semaphore_.holders()) {
        list.who.push_back(holder.base());
    }
}

void bounded_semaphore::release() {
    if (value() >= bound_) {
        throw usage_error("bounded_semaphore released too many times");
    }
    semaphore::release();
}

}  // namespace nurt

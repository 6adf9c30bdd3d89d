// SPDX-License-Identifier: MIT
#include "nurt/sync/parking_lot.hpp"

#include "nurt/core/task.hpp"

namespace nurt {

cancel_answer parked::cancel() noexcept {
    if (!orphaned()) {
        unlink();
        --lot_->count_;
    }
    return cancel_answer::done;
}

bool parking_lot::settle_in(parked& first) noexcept {
    if (home_ != 0) {
        first.waiter().refuse();
        return false;
    }
    home_ = detail::this_thread.home;
    return true;
}

std::size_t parking_lot::unpark_rest() noexcept {
    std::size_t woken = 0;
    while (unpark_one()) ++woken;
    return woken;
}

task_view task_by_number(std::uint64_t number) noexcept {
    if (number == 0 || detail::this_thread.core == nullptr) return task_view(nullptr);
    auto& tasks = detail::this_thread.core->tasks;
    for (list_link* link = tasks.front(); link != nullptr; link = tasks.next(*link)) {
        auto* task = static_cast<detail::task_base*>(link);
        if (task->number == number) return task_view(task);
    }
    return task_view(nullptr);
}

}  // namespace nurt

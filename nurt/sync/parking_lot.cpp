// SPDX-License-Identifier: MIT
#include "nurt/sync/parking_lot.hpp"

#include "nurt/core/detail/task_base.hpp"

namespace nurt {

void parked::park() noexcept {
    lot_.waiting_.push_back(*this);
    ++lot_.count_;
}

cancel_answer parked::cancel() noexcept {
    unlink();
    --lot_.count_;
    return cancel_answer::done;
}

bool parking_lot::unpark_one() noexcept {
    parked* first = waiting_.pop_front();
    if (first == nullptr) {
        return false;
    }
    --count_;
    first->complete();
    return true;
}

std::size_t parking_lot::unpark_all() noexcept {
    std::size_t woken = 0;
    while (unpark_one()) {
        ++woken;
    }
    return woken;
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
#include "nurt/sync/condition.hpp"

namespace nurt {

// Not in the lot any more: gets the lock, or stands in line for it.
void condition::waiting::relock() noexcept {
    lock& mine = condition_.lock_;
    if (mine.take(task_number())) {
        complete();
    } else {
        park_in(mine.lot_);
    }
}

cancel_answer condition::waiting::cancel() noexcept {
    if (orphaned()) return cancel_answer::done;
    if (parked_in(condition_.lot_)) {
        parked::cancel();
        cancelled_ = true;
        relock();
    }
    return cancel_answer::later;  // with the lock, and not before
}

void condition::waiting::waits_for(detail::wait_list& list) const {
    if (!orphaned() && !parked_in(condition_.lot_)) {
        condition_.lock_.add_owner(list);  // nobody knows who will notify
    }
}

void condition::notify(std::size_t n) {
    check_locked("cannot notify on un-acquired lock");
    for (; n != 0 && !lot_.empty(); --n) {
        lot_.pop<waiting>()->relock();
    }
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
#include "nurt/core/detail/future_awaiter.hpp"

#include "nurt/core/detail/wait_list.hpp"

namespace nurt::detail {

cancel_answer future_wait::cancel() noexcept {
    target_->cancel(waiter().latest_message());
    return cancel_answer::later;
}

void future_wait::check_target() {
    if (target_ == this_thread.task) {
        throw_usage("task cannot await on itself");
    }
    target_->check_home();
}

void future_wait::waits_for(wait_list& list) const {
    list.who.push_back(target_);
}

const future_base* future_wait::awaiter() const noexcept {
    return &waiter();
}

void future_wait::rethrow() {
    target_->mark_retrieved();
    if (target_->cancelled()) {
        this_thread.task->rethrow_cancelled(target_->result_base().error);
    }
    std::rethrow_exception(target_->result_base().error);
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
#include "nurt/core/detail/future_awaiter.hpp"

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

void future_wait::rethrow() {
    target_->mark_retrieved();
    if (target_->cancelled()) {
        this_thread.task->mark_delivered();
    }
    std::rethrow_exception(target_->result_base().error);
}

}  // namespace nurt::detail

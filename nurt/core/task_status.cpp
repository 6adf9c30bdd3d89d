// SPDX-License-Identifier: MIT
#include "nurt/core/task_status.hpp"

#include "nurt/core/detail/group_state.hpp"

namespace nurt::detail {

group_handle::group_handle(group_state& group) noexcept : group_(&group) {
    group.retain();
}

group_handle::~group_handle() {
    if (group_ != nullptr) {
        group_->release();
    }
}

start_wait::start_wait(group_state& group) : group_(group) {
    group.check_open("start");
    ++group.starting;
}

start_wait::~start_wait() {
    group_.start_ended();
    if (child_ != nullptr) {
        child_->release();
    }
}

cancel_answer start_wait::cancel() noexcept {
    cancelled_ = true;
    child_->cancel(waiter().latest_message());
    return cancel_answer::later;
}

void start_wait::started() noexcept {
    if (cancelled_) {
        return;
    }
    const bool waits = child_->unlisten(*this);
    group_.adopt(*child_);
    if (group_.aborting) {
        child_->cancel(shared_text());
    }
    if (waits) {
        complete();
    }
}

void start_wait::check_end() const {
    if (child_->failed() && (!has_value_ || cancelled_)) {
        child_->mark_retrieved();
        if (child_->cancelled()) {
            this_thread.task->mark_delivered();
        }
        std::rethrow_exception(child_->result_base().error);
    }
    if (!has_value_) {
        throw_usage("the task ended without calling started()");
    }
}

}  // namespace nurt::detail

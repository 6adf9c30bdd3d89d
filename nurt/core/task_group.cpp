// SPDX-License-Identifier: MIT
#include "nurt/core/task_group.hpp"

#include <typeinfo>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/detail/group_state.hpp"
#include "nurt/core/exception_group.hpp"

namespace nurt {

task_group::task_group() : state_(new detail::group_state) {
    state_->request.source = detail::cancel_source::group;
}

task_group::~task_group() {
    if (state_ != nullptr) {
        state_->release();
    }
}

void task_group::check_open() const {
    state_->check_open("create_task");
}

void task_group::adopt(detail::task_base& child) {
    state_->adopt(child);
    if (state_->cancelled) {
        child.cancel(shared_text());
    }
}

void task_group::cancel() {
    if (state_->cancelled || state_->exited) {
        return;
    }
    state_->cancelled = true;
    if (!state_->entered || state_->aborting) {
        return;
    }
    state_->abort();
    if (!state_->exiting) {
        state_->parent->request_cancel(state_->request);
    }
}

coro<> task_group::aenter() {
    state_->enter();
    co_return;
}

coro<bool> task_group::aexit(std::exception_ptr error) {
    detail::group_state& group = *state_;
    detail::task_base& parent = *group.parent;
    const bool own = group.request.delivered != 0 &&
                     !parent.others_delivered(group.request, group.deliveries_at_entry);
    group.exiting = true;
    parent.withdraw(group.request);
    if (error && !group.aborting) {
        group.abort();
    }
    std::exception_ptr from_outside;
    while (!group.idle() || group.queued) {
        detail::group_exit wait(group);
        try {
            co_await wait;
        } catch (const cancelled_error&) {
            if (!from_outside) {
                from_outside = std::current_exception();
            }
        }
        if (from_outside && !group.aborting) {
            group.abort();
        }
    }
    group.exited = true;
    if (error && !detail::is_cancellation(error)) {
        if (*error.__cxa_exception_type() == typeid(keyboard_interrupt)) {
            std::rethrow_exception(error);
        }
        group.errors.push_back(error);
    }
    if (!group.errors.empty()) {
        parent.deliver_again(group.deliveries_at_entry);
        throw exception_group("unhandled errors in a task_group", std::move(group.errors));
    }
    if (from_outside && (own || !error)) {
        std::rethrow_exception(from_outside);
    }
    co_return own&& error != nullptr;
}

}  // namespace nurt

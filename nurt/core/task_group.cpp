// SPDX-License-Identifier: MIT
#include "nurt/core/task_group.hpp"

#include <typeinfo>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

namespace detail {

// Invariants:
//  1. members holds every child that has not ended, with a reference to it.
//  2. The state outlives the group object while it is in the ready queue.
class group_state final : public ready_node {
public:
    struct member final : settle_listener, list_link {
        void settled(future_base& from) noexcept override { group->child_ended(*this, from); }
        const future_base* awaiter() const noexcept override { return group->parent; }
        group_state* group = nullptr;
        task_base* child = nullptr;
    };

    void adopt(task_base& child);
    void child_ended(member& m, future_base& from) noexcept;
    void run() noexcept override;
    void discard() noexcept override { release(); }
    void abort() noexcept;
    void release() noexcept {
        if (--references == 0) {
            delete this;
        }
    }

    intrusive_list<member> members;
    std::vector<std::exception_ptr> errors;
    task_base* parent = nullptr;
    leaf* exit_wait = nullptr;  // the parent waits at the end of the block
    cancel_request request;     // the group's own to its parent
    std::uint32_t deliveries_at_entry = 0;
    unsigned references = 1;
    bool entered = false;
    bool exiting = false;  // the body has ended
    bool exited = false;
    bool aborting = false;   // because of an error, or from outside
    bool cancelled = false;  // by cancel()
    bool queued = false;

    void wake_exit() noexcept;
};

namespace {

// The end of the block waits here for the last child.
class exit_leaf final : public leaf {
public:
    explicit exit_leaf(group_state& group) noexcept : group_(group) {}
    bool await_ready() const noexcept { return group_.members.empty() && !group_.queued; }
    void await_suspend(std::coroutine_handle<>) noexcept { group_.exit_wait = this; }
    void await_resume() const noexcept {}
    cancel_answer cancel() noexcept override {
        group_.exit_wait = nullptr;
        return cancel_answer::done;
    }
    void waits_for(wait_list& list) const override {
        for (auto* m = group_.members.front(); m != nullptr; m = group_.members.next(*m)) {
            list.who.push_back(m->child);
        }
    }
    void finish() noexcept { complete(); }

private:
    group_state& group_;
};

}  // namespace

void group_state::adopt(task_base& child) {
    auto* m = new member;
    m->group = this;
    m->child = &child;
    child.retain();
    members.push_back(*m);
    if (child.done()) {  // it was started eagerly
        child_ended(*m, child);
    } else {
        child.listen(*m);
    }
}

void group_state::child_ended(member& m, future_base& from) noexcept {
    m.unlink();
    if (from.failed() && !from.cancelled()) {
        from.mark_retrieved();
        errors.push_back(from.result_base().error);
    }
    const bool tell = members.empty() || (!errors.empty() && !aborting);
    from.release();
    delete &m;
    if (tell && !queued) {
        queued = true;
        ++references;
        this_thread.core->ready.push(*this);
    }
}

// What a child's end means for the others happens in a turn of its own.
void group_state::run() noexcept {
    queued = false;
    if (!errors.empty() && !aborting) {
        abort();
        if (!exiting) {
            parent->request_cancel(request);
        }
    }
    wake_exit();
    release();
}

void group_state::wake_exit() noexcept {
    if (members.empty() && exit_wait != nullptr) {
        static_cast<exit_leaf*>(std::exchange(exit_wait, nullptr))->finish();
    }
}

void group_state::abort() noexcept {
    aborting = true;
    for (member* m = members.front(); m != nullptr; m = members.next(*m)) {
        m->child->cancel(shared_text());
    }
}

}  // namespace detail

task_group::task_group() : state_(new detail::group_state) {
    state_->request.source = detail::cancel_source::group;
}

task_group::~task_group() {
    if (state_ != nullptr) {
        state_->release();
    }
}

void task_group::check_open() const {
    if (!state_->entered) {
        throw usage_error("create_task on a task_group that has not been entered");
    }
    if (state_->exited) {
        throw usage_error("create_task on a task_group that is finished");
    }
    if (state_->aborting && !state_->cancelled) {
        throw usage_error("create_task on a task_group that is shutting down");
    }
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
    if (state_->entered) {
        throw usage_error("this task_group has been entered already");
    }
    state_->entered = true;
    state_->parent = detail::this_thread.task;
    state_->request.shields = state_->parent->shields();
    state_->deliveries_at_entry = state_->parent->deliveries();
    if (state_->cancelled) {
        state_->aborting = true;
        state_->parent->request_cancel(state_->request);
    }
    co_return;
}

coro<bool> task_group::aexit(std::exception_ptr error) {
    detail::group_state& group = *state_;
    detail::task_base& parent = *group.parent;
    const bool own = group.request.delivered != 0 && !parent.others_delivered(group.request);
    group.exiting = true;
    parent.withdraw(group.request);
    if (error && !group.aborting) {
        group.abort();
    }
    std::exception_ptr from_outside;
    while (!group.members.empty() || group.queued) {
        detail::exit_leaf wait(group);
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

// SPDX-License-Identifier: MIT
// nurt/core/detail/group_state.hpp: what a task_group knows of its tasks and of its block.
#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/loop/ready_queue.hpp"

namespace nurt::detail {

class timeout_scope;

// Invariants:
//  1. members holds every child that has not ended, with a reference to it.
//  2. The state outlives the group object while it is in the ready queue or a start() waits.
//  3. The block does not end while a start() waits: its task may yet become a member.
class group_state final : public ready_node {
public:
    struct member final : settle_listener, list_link {
        void settled(future_base& from) noexcept override { owner->child_ended(*this, from); }
        const group_state* group() const noexcept override { return owner; }
        const future_base* awaiter() const noexcept override { return owner->parent; }
        group_state* owner = nullptr;
        task_base* child = nullptr;
    };

    void enter();
    void check_open(const char* what) const;
    void adopt(task_base& child);
    void child_ended(member& m, future_base& from) noexcept;
    void start_ended() noexcept;
    void run() noexcept override;
    void discard() noexcept override { release(); }
    void abort() noexcept;
    bool idle() const noexcept { return members.empty() && starting == 0; }
    void retain() noexcept { ++references; }
    void release() noexcept {
        if (--references == 0) {
            delete this;
        }
    }

    intrusive_list<member> members;
    std::vector<std::exception_ptr> errors;
    task_base* parent = nullptr;
    timeout_scope* around = nullptr;  // the innermost timeout of the parent around the block
    leaf* exit_wait = nullptr;        // the parent waits at the end of the block
    cancel_request request;           // the group's own to its parent
    std::uint32_t deliveries_at_entry = 0;
    unsigned references = 1;
    unsigned starting = 0;  // calls of start() whose task has not started
    bool entered = false;
    bool exiting = false;  // the body has ended
    bool exited = false;
    bool aborting = false;   // because of an error, or from outside
    bool cancelled = false;  // by cancel()
    bool queued = false;

private:
    void queue() noexcept;
    void wake_exit() noexcept;
};

// The end of the block waits here for the last child.
class group_exit final : public leaf {
public:
    explicit group_exit(group_state& group) noexcept : group_(group) {}
    bool await_ready() const noexcept { return group_.idle() && !group_.queued; }
    void await_suspend(std::coroutine_handle<>) noexcept { group_.exit_wait = this; }
    void await_resume() const noexcept {}
    cancel_answer cancel() noexcept override {
        group_.exit_wait = nullptr;
        return cancel_answer::done;
    }
    void waits_for(wait_list& list) const override;
    void finish() noexcept { complete(); }

private:
    group_state& group_;
};

// The group of which the task is a member, or null.
const group_state* group_of(const task_base& task) noexcept;

}  // namespace nurt::detail

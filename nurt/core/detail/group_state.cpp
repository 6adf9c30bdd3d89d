// SPDX-License-Identifier: MIT
#include "nurt/core/detail/group_state.hpp"

#include <string>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/detail/wait_list.hpp"

namespace nurt::detail {

void group_state::enter() {
    if (entered) {
        throw usage_error("this task_group has been entered already");
    }
    entered = true;
    parent = this_thread.task;
    around = this_thread.unarmed;
    if (around == nullptr && parent->extras != nullptr) {
        around = parent->extras->scopes;
    }
    request.shields = parent->shields();
    deliveries_at_entry = parent->deliveries();
    if (cancelled) {
        aborting = true;
        parent->request_cancel(request);
    }
}

void group_state::check_open(const char* what) const {
    const char* state = nullptr;
    if (!entered) {
        state = "has not been entered";
    } else if (exited) {
        state = "is finished";
    } else if (aborting && !cancelled) {
        state = "is shutting down";
    }
    if (state != nullptr) {
        throw usage_error(std::string(what) + " on a task_group that " + state);
    }
}

void group_state::adopt(task_base& child) {
    auto* m = new member;
    m->owner = this;
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
    const bool tell = idle() || (!errors.empty() && !aborting);
    from.release();
    delete &m;
    if (tell) {
        queue();
    }
}

void group_state::start_ended() noexcept {
    --starting;
    if (idle()) {
        queue();
    }
}

void group_state::queue() noexcept {
    if (!queued) {
        queued = true;
        retain();
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
    if (idle() && exit_wait != nullptr) {
        static_cast<group_exit*>(std::exchange(exit_wait, nullptr))->finish();
    }
}

void group_state::abort() noexcept {
    aborting = true;
    for (member* m = members.front(); m != nullptr; m = members.next(*m)) {
        m->child->cancel(shared_text());
    }
}

void group_exit::waits_for(wait_list& list) const {
    for (auto* m = group_.members.front(); m != nullptr; m = group_.members.next(*m)) {
        list.who.push_back(m->child);
    }
}

const group_state* group_of(const task_base& task) noexcept {
    const settle_listener* listener = task.last_listener;
    while (listener != nullptr) {
        if (const group_state* group = listener->group()) {
            return group;
        }
        listener = listener->next_listener;
        if (listener == task.last_listener) {
            break;
        }
    }
    return nullptr;
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
#include "nurt/core/detail/cancel_trace.hpp"

#include <string>

#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/detail/task_text.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

shared_text cancel_trace::token(std::uint32_t delivery, std::source_location thrown_at) {
    const shared_text made("cancellation");
    records_.push_back({delivery, made, thrown_at});
    return made;
}

// One that is alive may stand for the others: for an older one, when it came while that was handled,
// and for a newer one, when the first of several goes on, as in a task_group.
bool cancel_trace::any_alive() const noexcept {
    for (const record& d : records_) {
        if (d.token.shared()) {
            return true;
        }
    }
    return false;
}

// A request that was withdrawn, or is to be delivered again, was not swallowed; nor was one whose
// task has ended with an error.
void cancel_trace::check(task_base& task, event_loop& loop) {
    for (std::size_t i = 0; i < records_.size();) {
        if (records_[i].token.shared()) {
            ++i;
            continue;
        }
        const record gone = records_[i];
        records_.erase(records_.begin() + static_cast<std::ptrdiff_t>(i));
        if (task.failed() || !task.owes(gone.number) || any_alive()) {
            continue;
        }
        std::string text = "cancellation of " + name_of(task) + " was swallowed: cancelled_error";
        if (gone.thrown_at.line() != 0) {
            text += ", thrown at " + text_of(gone.thrown_at) + ",";
        }
        text += " was caught and not rethrown; the task ";
        if (task.done()) {
            text += "went on to its end";
        } else {
            text += "awaits at " + text_of(innermost_place(task));
        }
        loop.call_debug_handler({debug_finding::swallowed_cancellation, text});
    }
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/core/stack.hpp: what tasks are waiting for.
#pragma once

#include <source_location>
#include <string>
#include <vector>

#include "nurt/core/task.hpp"

namespace nurt {

// The tasks of the running loop that have not ended, oldest first. Python: asyncio.all_tasks.
std::vector<task_view> all_tasks();

// The places of the co_awaits at which a suspended task stands, innermost first; for a task that
// has not begun, its function. Empty for the task that is running. Python: Task.get_stack, which
// gives one frame of a suspended task; this gives all of them.
std::vector<std::source_location> get_stack(task_view t);
template <class T>
std::vector<std::source_location> get_stack(const task<T>& t) {
    return get_stack(task_view(&t.state()));
}

// The same as text: a line for the task, then one "  at file:line in function" for each await.
std::string format_stack(task_view t);
template <class T>
std::string format_stack(const task<T>& t) {
    return format_stack(task_view(&t.state()));
}

// Every task of the running loop, as format_stack shows it.
std::string format_all_stacks();

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/core/detail/wait_cycle.hpp: tasks that wait for each other in a circle.
#pragma once

namespace nurt {
class event_loop;
}

namespace nurt::detail {

class task_base;

// The task has just been suspended: reports the circle if it was the last one missing.
void report_wait_cycle(const task_base& task, event_loop& loop);

}  // namespace nurt::detail

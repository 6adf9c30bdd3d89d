// SPDX-License-Identifier: MIT
#include "nurt/core/task.hpp"

#include <string>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

task_view current_task() {
    static_cast<void>(event_loop::running());
    return task_view(detail::this_thread.task);
}

namespace detail {

std::string_view task_name(task_base& task) {
    shared_text& name = task.extra().name;
    if (name.empty()) {
        name = shared_text(("Task-" + std::to_string(task.number)).c_str());
    }
    return {name.c_str(), name.size()};
}

void throw_no_loop() {
    throw usage_error("no running event loop");
}

void refuse_capture(std::source_location place) {
    throw usage_error("create_task at " + std::string(place.file_name()) + ":" +
                      std::to_string(place.line()) +
                      ": this coroutine is a lambda with captures, which may die before it runs; "
                      "write create_task(lambda) without calling it, or pass what it needs as "
                      "arguments: create_task(lambda, args...)");
}

}  // namespace detail
}  // namespace nurt

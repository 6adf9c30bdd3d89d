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

context context_of_task(task_base& task) {
    context_box*& box = task.extra().context;
    if (box == nullptr) {
        box = new context_box;
    }
    retain(box);
    return context(box);
}

static void put_into(task_base& task, const task_options& options) {
    if (!options.name.empty()) {
        task.extra().name = shared_text(options.name.data(), options.name.size());
    }
    if (options.context != nullptr) {
        context_box*& box = task.extra().context;
        box = options.context->box();
        retain(box);
        this_thread.core->on_start |= start_inherits;  // those that it creates
    }
}

start_mode apply(const task_options& options, task_base& task) {
    try {
        put_into(task, options);
    } catch (...) {
        task.release();  // the loop's reference: it will not get this task
        throw;
    }
    if (!options.eager_start) {
        return start_mode::as_loop;
    }
    return *options.eager_start ? start_mode::eager : start_mode::lazy;
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

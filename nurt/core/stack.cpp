// SPDX-License-Identifier: MIT
#include "nurt/core/stack.hpp"

#include "nurt/core/detail/driver.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt {

namespace {

std::string at(const std::source_location& place) {
    return std::string(place.file_name()) + ":" + std::to_string(place.line()) + " in " +
           place.function_name();
}

const char* state_of(const detail::task_base& t) {
    if (t.done()) {
        return "done";
    }
    if ((t.flags & detail::flag_started) == 0) {
        return "not started";
    }
    if (t.frame == nullptr) {
        return "running";
    }
    return t.waiting_on != nullptr ? "waiting" : "ready";
}

}  // namespace

std::vector<task_view> all_tasks() {
    event_loop& loop = event_loop::running();
    std::vector<task_view> out;
    for (list_link* l = loop.core().tasks.front(); l != nullptr; l = loop.core().tasks.next(*l)) {
        out.emplace_back(static_cast<detail::task_base*>(l));
    }
    return out;
}

std::vector<std::source_location> get_stack(task_view t) {
    std::vector<std::source_location> out;
    for (void* frame = t.base()->frame; frame != nullptr;) {
        const detail::promise_base& promise = detail::promise_at(frame);
        if (promise.where.line() != 0) {  // else a cleanup that has not begun
            out.push_back(promise.where);
        }
        frame = promise.continuation;
    }
    return out;
}

std::string format_stack(task_view t) {
    std::string out(t.name());
    out += std::string(" (") + state_of(*t.base()) + "), created at " + at(t.base()->birth) + "\n";
    for (const std::source_location& place : get_stack(t)) {
        out += "  at " + at(place) + "\n";
    }
    return out;
}

std::string format_all_stacks() {
    std::string out;
    for (const task_view t : all_tasks()) {
        out += format_stack(t);
    }
    return out;
}

}  // namespace nurt

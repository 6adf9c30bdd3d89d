// SPDX-License-Identifier: MIT
// nurt/core/detail/task_inspector.cpp: tasks as instruments and debug mode see them.
#include <string>

#include "nurt/core/detail/cancel_trace.hpp"
#include "nurt/core/detail/driver.hpp"
#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/detail/task_text.hpp"
#include "nurt/core/detail/wait_cycle.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/instrument.hpp"

namespace nurt::detail {

namespace {

const task_base& of(const ready_node& node) noexcept {
    return static_cast<const task_base&>(node);
}
task_base& of(ready_node& node) noexcept {
    return static_cast<task_base&>(node);
}

class task_inspector final : public node_inspector {
public:
    std::uint64_t number(const ready_node& n) const noexcept override { return of(n).number; }
    std::string_view name(ready_node& n) const override { return task_name(of(n)); }
    std::source_location created_at(const ready_node& n) const noexcept override {
        return of(n).birth;
    }
    std::source_location awaits_at(const ready_node& n) const noexcept override {
        return innermost_place(of(n));
    }
    bool done(const ready_node& n) const noexcept override { return of(n).done(); }
    bool failed(const ready_node& n) const noexcept override { return of(n).failed(); }
    bool cancelled(const ready_node& n) const noexcept override { return of(n).cancelled(); }
    void retain(ready_node& n) const noexcept override { of(n).retain(); }
    void release(ready_node& n) const noexcept override { of(n).release(); }
    const void* queue_of(const ready_node& n) const noexcept override {
        const leaf* waits = of(n).waiting_on;
        return waits == nullptr ? nullptr : waits->queue();
    }
    void check(ready_node& n, event_loop& loop) const override {
        task_base& task = of(n);
        if (task.extras != nullptr && task.extras->trace != nullptr) {
            task.extras->trace->check(task, loop);
        }
        if (task.waiting_on != nullptr) {
            report_wait_cycle(task, loop);
        }
    }
};

constinit const task_inspector the_inspector;

}  // namespace

const node_inspector* task_base::inspector() const noexcept {
    return &the_inspector;
}

std::string name_of(const task_base& task) {
    if (task.extras != nullptr && !task.extras->name.empty()) {
        return task.extras->name.c_str();
    }
    return "Task-" + std::to_string(task.number);
}

std::string text_of(const std::source_location& place) {
    return std::string(place.file_name()) + ":" + std::to_string(place.line());
}

std::source_location innermost_place(const task_base& task) noexcept {
    return task.frame == nullptr ? std::source_location() : promise_at(task.frame).where;
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
#include "nurt/loop/detail/observation.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "nurt/loop/event_loop.hpp"

#include <cxxabi.h>

namespace nurt::detail {

namespace {

std::string readable(const char* mangled) {
    int failed = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(mangled, nullptr, nullptr, &failed), &std::free);
    return failed == 0 ? text.get() : mangled;
}

std::string described(const task_info& task) {
    const std::source_location place = task.created_at();
    return "Task name='" + std::string(task.name()) + "' at " + place.file_name() + ":" +
           std::to_string(place.line());
}

}  // namespace

void observation::add(instrument& one) {
    instruments_.push_back(&one);
}

// Leaves a gap, for this may be in the middle of telling.
void observation::remove(const instrument& one) noexcept {
    std::replace(instruments_.begin(), instruments_.end(), const_cast<instrument*>(&one),
                 static_cast<instrument*>(nullptr));
}

bool observation::watched() const noexcept {
    return shuffle != nullptr || std::any_of(instruments_.begin(), instruments_.end(),
                                             [](const instrument* one) { return one != nullptr; });
}

void observation::begin() noexcept {
    seen_ = loop_.core().ready.end();
    known_ = loop_.core().task_number;
}

template <class Call>
void observation::tell(Call call) noexcept {
    for (std::size_t i = 0; i < instruments_.size(); ++i) {
        if (instruments_[i] == nullptr) {
            continue;
        }
        try {
            call(*instruments_[i]);
        } catch (...) {
            instruments_[i] = nullptr;
            loop_.call_exception_handler(
                {"exception in instrument; it hears no more", std::current_exception(), {}, {}});
        }
    }
}

// A finding that there is no memory to describe.
template <class Call>
void observation::guarded(Call call) noexcept {
    try {
        call();
    } catch (...) {
        loop_.call_exception_handler({"debug mode failed", std::current_exception(), {}, {}});
    }
}

void observation::news() noexcept {
    ready_queue& ready = loop_.core().ready;
    while (seen_ != ready.end()) {
        ready_node& node = **seen_;
        seen_ = &node.next_ready;
        if (shuffle != nullptr) {
            shuffle->added(node);
        }
        const node_inspector* how = node.inspector();
        if (how == nullptr) {
            continue;
        }
        const task_info task(*how, node);
        if (task.number() > known_) {
            known_ = task.number();
            tell([&](instrument& one) { one.task_made(task); });
        }
        tell([&](instrument& one) { one.task_scheduled(task); });
    }
}

ready_node* observation::taken(ready_node* first) noexcept {
    std::erase(instruments_, nullptr);
    seen_ = loop_.core().ready.end();
    return shuffle != nullptr ? shuffle->permute(first) : first;
}

void observation::run(ready_node& node) noexcept {
    if (const node_inspector* how = node.inspector()) {
        run_task(node, *how);
    } else {
        run_callback(node);
    }
    news();
    if (shuffle != nullptr) {
        shuffle->new_cause();
    }
}

void observation::run_task(ready_node& node, const node_inspector& how) noexcept {
    const task_info task(how, node);
    how.retain(node);
    step_place = task.awaits_at();
    tell([&](instrument& one) { one.step_begins(task); });
    const instant before = loop_.time();
    node.run();
    const duration took = loop_.time() - before;
    tell([&](instrument& one) { one.step_ends(task); });
    tell([&](instrument& one) { task.done() ? one.task_done(task) : one.task_awaits(task); });
    if (loop_.debug()) {
        guarded([&] {
            if (took >= slow) {
                report_slow(described(task), took);
            }
            how.check(node, loop_);
        });
    }
    if (shuffle != nullptr) {
        shuffle->suspended(node, how.queue_of(node));
    }
    how.release(node);
}

void observation::run_callback(ready_node& node) noexcept {
    const callback_info callback(node.type_name());
    tell([&](instrument& one) { one.callback_begins(callback); });
    const instant before = loop_.time();
    node.run();
    const duration took = loop_.time() - before;
    tell([&](instrument& one) { one.callback_ends(callback); });
    if (loop_.debug() && took >= slow) {
        guarded([&] { report_slow("callback " + readable(callback.type()), took); });
    }
}

void observation::report_slow(const std::string& what, duration took) {
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.3f", took.seconds());
    loop_.call_debug_handler(
        {debug_finding::slow_step, "Executing <" + what + "> took " + seconds + " seconds"});
}

void observation::io_wait_begins(instant until) noexcept {
    tell([&](instrument& one) { one.io_wait_begins(until); });
}

void observation::io_wait_ends() noexcept {
    tell([](instrument& one) { one.io_wait_ends(); });
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/core/call_graph.hpp: what a task waits for, and who waits for the task.
//
// A stack shows where one task stands; a call graph goes on with everybody who would go on if it
// ended: through tasks, gather, groups, shield, wait, as_completed and race. It is found in the
// links that waiting needs anyway, so it costs nothing before somebody asks.
#pragma once

#include <climits>
#include <cstdio>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

#include "nurt/core/future.hpp"
#include "nurt/core/task.hpp"

namespace nurt {

// A task or future, as it was when it was captured. Python: asyncio.FutureCallGraph.
struct call_graph {
    const void* id = nullptr;  // its identity while it lives
    bool is_task = false;
    std::string name;  // of a task
    std::vector<std::source_location>
        call_stack;  // co_awaits, innermost first; of a suspended task
    std::vector<call_graph> awaited_by;
    bool cycle = false;  // it stands above itself: tasks wait in a circle, and this goes no further
};

struct call_graph_options {
    int depth = 0;  // so many of the innermost entries of each call stack are left out
    int limit =
        INT_MAX;  // at most so many entries, the innermost; negative: the outermost; 0: none
};

// Python: asyncio.capture_call_graph.
call_graph capture_call_graph(task_view of, call_graph_options options = {});
template <class T>
call_graph capture_call_graph(const task<T>& of, call_graph_options options = {});
template <class T>
call_graph capture_call_graph(const future<T>& of, call_graph_options options = {});
// Of the running task, whose own stack is the place of this call. Empty outside of a task. Throws
// usage_error without a running loop.
std::optional<call_graph> capture_call_graph(
    call_graph_options options = {}, std::source_location place = std::source_location::current());

// As text: what it is, its call stack, who awaits it, indented one more for each step.
// Python: asyncio.format_call_graph.
std::string format_call_graph(const call_graph& graph);
std::string format_call_graph(task_view of, call_graph_options options = {});
template <class T>
std::string format_call_graph(const task<T>& of, call_graph_options options = {});
template <class T>
std::string format_call_graph(const future<T>& of, call_graph_options options = {});
std::string format_call_graph(call_graph_options options = {},
                              std::source_location place = std::source_location::current());

// To standard error, or `file`. Python: asyncio.print_call_graph.
template <class Handle>
void print_call_graph(const Handle& of, std::FILE* file = stderr, call_graph_options options = {});
void print_call_graph(std::FILE* file = stderr, call_graph_options options = {},
                      std::source_location place = std::source_location::current());

// Implementation

namespace detail {
call_graph capture_from(const future_base& of, call_graph_options options);
void print_text(std::FILE* file, const std::string& text);
}  // namespace detail

template <class T>
call_graph capture_call_graph(const task<T>& of, call_graph_options options) {
    return detail::capture_from(of.state(), options);
}
template <class T>
call_graph capture_call_graph(const future<T>& of, call_graph_options options) {
    return detail::capture_from(of.state(), options);
}

template <class T>
std::string format_call_graph(const task<T>& of, call_graph_options options) {
    return format_call_graph(capture_call_graph(of, options));
}
template <class T>
std::string format_call_graph(const future<T>& of, call_graph_options options) {
    return format_call_graph(capture_call_graph(of, options));
}

template <class Handle>
void print_call_graph(const Handle& of, std::FILE* file, call_graph_options options) {
    detail::print_text(file, format_call_graph(capture_call_graph(of, options)));
}

}  // namespace nurt

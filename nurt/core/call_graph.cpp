// SPDX-License-Identifier: MIT
#include "nurt/core/call_graph.hpp"

#include <algorithm>
#include <cstdint>

#include "nurt/core/detail/task_text.hpp"
#include "nurt/core/stack.hpp"

namespace nurt {

namespace {

using detail::future_base;
using detail::settle_listener;

void cut(std::vector<std::source_location>& stack, call_graph_options options) {
    const auto size = static_cast<long>(stack.size());
    const long skipped = std::clamp(static_cast<long>(options.depth), 0L, size);
    stack.erase(stack.begin(), stack.begin() + skipped);
    const long left = size - skipped;
    const long limit = options.limit;
    if (limit >= 0 && limit < left) {
        stack.erase(stack.begin() + limit, stack.end());
    } else if (limit < 0 && -limit < left) {
        stack.erase(stack.begin(), stack.end() + limit);
    }
}

// Everybody who awaits it, once, first come first.
std::vector<const future_base*> awaiters_of(const future_base& f) {
    std::vector<const future_base*> found;
    const settle_listener* last = f.last_listener;
    if (last == nullptr) {
        return found;
    }
    const settle_listener* listener = last;
    do {
        listener = listener->next_listener;
        const future_base* who = listener->awaiter();
        if (who != nullptr && std::find(found.begin(), found.end(), who) == found.end()) {
            found.push_back(who);
        }
    } while (listener != last);
    return found;
}

class capture {
public:
    explicit capture(call_graph_options options) noexcept : options_(options) {}

    call_graph of(const future_base& f) {
        call_graph graph;
        graph.id = &f;
        if (const detail::task_base* task = f.as_task()) {
            graph.is_task = true;
            graph.name = detail::name_of(*task);
            graph.call_stack = get_stack(task_view(const_cast<detail::task_base*>(task)));
            cut(graph.call_stack, options_);
        }
        graph.cycle = std::find(above_.begin(), above_.end(), &f) != above_.end();
        if (graph.cycle) {
            return graph;
        }
        above_.push_back(&f);
        for (const future_base* who : awaiters_of(f)) {
            graph.awaited_by.push_back(of(*who));
        }
        above_.pop_back();
        return graph;
    }

private:
    call_graph_options options_;
    std::vector<const future_base*> above_;
};

std::string hexadecimal(const void* id) {
    char text[2 + 16 + 1];
    std::snprintf(text, sizeof text, "%#jx", reinterpret_cast<std::uintmax_t>(id));
    return text;
}

void add_level(std::string& out, const call_graph& graph, std::size_t level) {
    const std::string indent(level * 4, ' ');
    out += indent + (graph.is_task ? "* Task(name='" + graph.name + "', id=" : "* Future(id=") +
           hexadecimal(graph.id) + ")";
    if (graph.cycle) {
        out += ": a cycle, see above\n";
        return;
    }
    out += '\n';
    if (!graph.call_stack.empty()) {
        out += indent + "  + Call stack:\n";
    }
    for (const std::source_location& place : graph.call_stack) {
        out += indent + "  |   File '" + place.file_name() + "', line " +
               std::to_string(place.line()) + ", in " + place.function_name() + "\n";
    }
    if (!graph.awaited_by.empty()) {
        out += indent + "  + Awaited by:\n";
    }
    for (const call_graph& next : graph.awaited_by) {
        add_level(out, next, level + 1);
    }
}

}  // namespace

call_graph capture_call_graph(task_view of, call_graph_options options) {
    return detail::capture_from(*of.base(), options);
}

std::optional<call_graph> capture_call_graph(call_graph_options options,
                                             std::source_location place) {
    const task_view current = current_task();
    if (!current) {
        return std::nullopt;
    }
    call_graph graph = capture_call_graph(current, options);
    graph.call_stack = {place};
    cut(graph.call_stack, options);
    return graph;
}

std::string format_call_graph(const call_graph& graph) {
    std::string out;
    add_level(out, graph, 0);
    return out;
}

std::string format_call_graph(task_view of, call_graph_options options) {
    return format_call_graph(capture_call_graph(of, options));
}

std::string format_call_graph(call_graph_options options, std::source_location place) {
    const std::optional<call_graph> graph = capture_call_graph(options, place);
    return graph ? format_call_graph(*graph) : std::string();
}

void print_call_graph(std::FILE* file, call_graph_options options, std::source_location place) {
    detail::print_text(file, format_call_graph(options, place));
}

namespace detail {

call_graph capture_from(const future_base& of, call_graph_options options) {
    return capture(options).of(of);
}

void print_text(std::FILE* file, const std::string& text) {
    std::fputs(text.c_str(), file);
}

}  // namespace detail
}  // namespace nurt

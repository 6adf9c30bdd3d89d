// SPDX-License-Identifier: MIT
// cli/lecture_cells.cpp: what the lecture consists of, and running one piece of it.
#include "cli/lecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/lecture_child.hpp"
#include "cli/table.hpp"
#include "nurt/base/error.hpp"

namespace nurt::cli {

namespace {

constexpr std::string_view cost_cell = "2.5";
constexpr std::string_view two_loops = "lecture_3_two_loops";

constexpr lecture_cell cells[] = {
    {"2.1", "Sequential execution: three requests", {"lecture_2_1_sequential_requests"}, "", true},
    {"2.2", "Concurrent execution: the drawing", {"lecture_2_2_concurrent_requests"}, "", true},
    {"2.3", "Processes", {"lecture_2_3_processes"}, ""},
    {"2.4", "Threads", {"lecture_2_4_threads"}, ""},
    {cost_cell, "Threads and the interpreter: what they cost", {}, ""},
    {"2.6.1", "Four requests, one after another", {"lecture_2_6_1_sequential"}, "", true},
    {"2.6.2", "Four requests, in threads", {"lecture_2_6_2_threads"}, "", true},
    {"3", "Reactive and proactive I/O beside each other", {two_loops}, ""},
    {"3.1.1", "Generators: next", {"lecture_3_1_1_generator_next"}, ""},
    {"3.1.2", "Generators: send", {"lecture_3_1_2_generator_send"}, ""},
    {"3.1.3", "Generators: delegation", {"lecture_3_1_3_generator_delegation"}, ""},
    {"3.2", "Task", {"lecture_3_2_task"}, ""},
    {"3.3", "async def", {"lecture_3_3_async_def"}, ""},
    {"3.4", "await", {"lecture_3_4_await"}, ""},
    {"4.1", "Running a coroutine", {"lecture_4_1_run_a_coroutine"}, ""},
    {"4.2", "Two coroutines, not concurrent", {"lecture_4_2_one_after_another"}, ""},
    {"4.2.1", "Two coroutines, concurrent", {"lecture_4_2_1_gather"}, ""},
    {"4.3", "Task objects", {"lecture_4_3_tasks"}, ""},
    {"4.3.1", "Task objects: cancelling", {"lecture_4_3_1_cancel_a_task"}, ""},
    {"4.4",
     "Sequential, asyncio, threads",
     {"lecture_4_4_1_sequential", "lecture_4_4_2_gather", "lecture_4_4_3_threads"},
     "",
     true},
    {"4.5", "Threads or asyncio: who decides", {"lecture_4_5_threads_and_tasks"}, ""},
    {"5", "Asynchronous web service with a database", {}, "web applications and databases"},
};

const lecture_cell& find_cell(std::string_view number) {
    const auto* found = std::find_if(std::begin(cells), std::end(cells),
                                     [&](const lecture_cell& c) { return c.number == number; });
    if (found == std::end(cells)) {
        throw error(fmt::format("the lecture has no cell {}; `nurt lecture --list` names them all",
                                number));
    }
    if (!found->runs()) {
        throw error(fmt::format("cell {} ({}) needs what nurt does not have yet: {}", number,
                                found->title, found->needs));
    }
    return *found;
}

int run_example(std::string_view name, const std::string& url) {
    const auto all = lecture_examples();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const lecture_example& e) { return e.name == name; });
    if (found == all.end()) throw error(fmt::format("example {} is not in this program", name));
    std::string words[] = {std::string(name), url};
    char* argv[] = {words[0].data(), words[1].data(), nullptr};
    if (url.empty()) argv[1] = nullptr;
    return found->run(url.empty() ? 1 : 2, argv);
}

}  // namespace

std::span<const lecture_cell> lecture_cells() noexcept {
    return cells;
}

int list_cells() {
    table out;
    out.columns = {{"cell", align::left}, {"title", align::left}, {"run it with", align::left}};
    for (const lecture_cell& each : cells) {
        out.rows.push_back({std::string(each.number), std::string(each.title),
                            each.runs() ? fmt::format("nurt lecture {}", each.number)
                                        : fmt::format("needs: {}", each.needs)});
    }
    std::fputs(draw_table(out, utf8_output()).c_str(), stdout);
    return 0;
}

int run_cell_here(std::string_view number, const std::string& url) {
    const lecture_cell& cell = find_cell(number);
    for (const std::string_view name : cell.examples) {
        if (name.empty()) continue;
        if (const int code = run_example(name, url); code != 0) return code;
        std::fflush(stdout);
    }
    return 0;
}

int run_cell(std::string_view number) {
    const lecture_cell& cell = find_cell(number);
    if (cell.number == cost_cell) return compare_costs();
    if (cell.examples[0] == two_loops) {
        return compare_loops([](const std::string& loop) { return run_example(two_loops, loop); });
    }
    if (!cell.http) return run_cell_here(number, "");
    // In a child, so that Ctrl-C in the middle of a blocking request leaves nobody behind.
    const interrupt_flag interrupts;
    local_httpbin httpbin;
    child program({"lecture-cell", std::string(number), httpbin.url()}, child::output::inherited);
    return program.wait();
}

}  // namespace nurt::cli

// SPDX-License-Identifier: MIT
// cli/lecture.hpp: `nurt lecture`: a lecture on asyncio, as programs that run.
//
// The lecture explains concurrency with small cells of Python. Each has a counterpart in examples/,
// which is also a part of this program. Its main point is a comparison: four requests to a slow
// server, one after another, in threads, and with gather on one thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace nurt::cli {

struct lecture_options {
    std::string svg;   // a file for the drawing; "": none
    double scale = 1;  // the requests' delays are so many times 1, 2, 3 and 4 seconds
};

// Makes the comparison, on a local httpbin, and prints it. All return exit codes.
int compare_variants(const lecture_options& options);

// A line for each cell.
int list_cells();

// Measures processes, threads and tasks beside each other, and prints what they cost.
int compare_costs();

// A program that does the same on the loop with this name, and gives an exit code.
using loop_program = std::function<int(const std::string& backend)>;

// Runs it on epoll and on io_uring, and prints what each took: time, and system calls.
int compare_loops(const loop_program& program);

// Runs a cell of the lecture, "3.1.2", with a local httpbin if it needs one.
int run_cell(std::string_view number);

// The same in this process; url: the httpbin, or "".
int run_cell_here(std::string_view number, const std::string& url);

struct lecture_cell {
    std::string_view number;
    std::string_view title;
    std::string_view examples[3];  // names of files in examples/, without .cpp
    std::string_view needs;        // what is missing to run it
    bool http = false;             // it is given the URL of an httpbin

    bool runs() const noexcept { return needs.empty(); }
};

// In the lecture's order.
std::span<const lecture_cell> lecture_cells() noexcept;

// A program of examples/ that was linked into this one.
struct lecture_example {
    std::string_view name;
    int (*run)(int argc, char** argv);
};
std::span<const lecture_example> lecture_examples() noexcept;

}  // namespace nurt::cli

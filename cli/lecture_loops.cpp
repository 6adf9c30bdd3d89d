// SPDX-License-Identifier: MIT
// cli/lecture_loops.cpp: the lecture's cell 3: a reactive and a proactive loop beside each other.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include <sys/syscall.h>

#include "cli/lecture.hpp"
#include "cli/lecture_child.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "cli/traced_run.hpp"
#include "nurt/base/error.hpp"
#include "nurt/io/uring_backend.hpp"

namespace nurt::cli {

namespace {

constexpr const char* explanation =
    "Reactive (epoll): the kernel says which connections could be read, and the loop\n"
    "then reads and writes each of them itself, a system call at a time.\n"
    "Proactive (io_uring): the loop says what it wants done, and is told when it has\n"
    "been done: one system call hands over much work and brings back many results.\n"
    "\n"
    "The same coroutines on both: 100 conversations of 100 messages with a server in\n"
    "the same thread (examples/lecture_3_two_loops.cpp).\n\n";

constexpr double messages = 100 * 100;

struct kind_of_call {
    const char* name;
    std::initializer_list<long> numbers;
};

// By what they are for; an older kernel lacks the first name of a line and has the second.
const kind_of_call kinds[] = {
    {"wait: epoll_pwait2", {SYS_epoll_pwait2, SYS_epoll_pwait}},
    {"register: epoll_ctl", {SYS_epoll_ctl}},
    {"read: recvfrom", {SYS_recvfrom}},
    {"write: sendto", {SYS_sendto}},
    {"all of it: io_uring_enter", {SYS_io_uring_enter}},
};

struct measured_loop {
    traced_run timed;
    traced_run counted;
};

measured_loop measure(const loop_program& program, const char* backend) {
    measured_loop result;
    for (const bool counting : {false, true}) {
        traced_run& run = counting ? result.counted : result.timed;
        run = run_in_child([&] { return program(backend); }, counting);
        interrupt_flag::check();
        if (run.exit_code != 0 && run.refused.empty()) {
            throw error(fmt::format("the program on {} ended with {}", backend, run.exit_code));
        }
    }
    return result;
}

void add_row(table& to, std::string name, const std::vector<measured_loop>& loops, auto cell) {
    std::vector<std::string> row = {std::move(name)};
    for (const measured_loop& each : loops) row.push_back(cell(each));
    to.rows.push_back(std::move(row));
}

void add_calls(table& to, const std::vector<measured_loop>& loops) {
    const auto number = [](std::uint64_t n) { return fmt::format("{}", n); };
    add_row(to, "system calls", loops,
            [&](const measured_loop& l) { return number(l.counted.total()); });
    add_row(to, "  for each message and its answer", loops, [](const measured_loop& l) {
        return fmt::format("{:.2f}", static_cast<double>(l.counted.total()) / messages);
    });
    std::vector<std::uint64_t> known(loops.size());
    for (const kind_of_call& kind : kinds) {
        std::size_t at = 0;
        add_row(to, fmt::format("  {}", kind.name), loops, [&](const measured_loop& l) {
            const std::uint64_t n = l.counted.of(kind.numbers);
            known[at++] += n;
            return number(n);
        });
    }
    std::size_t at = 0;
    add_row(to, "  others: sockets made and closed, ...", loops,
            [&](const measured_loop& l) { return number(l.counted.total() - known[at++]); });
}

}  // namespace

int compare_loops(const loop_program& program) {
    const interrupt_flag interrupts;
    const std::string no_ring = io::uring_refusal();
    std::fputs(explanation, stdout);
    std::vector<measured_loop> loops = {measure(program, "epoll")};
    if (no_ring.empty()) loops.push_back(measure(program, "io_uring"));

    table out;
    out.columns = {{"", align::left}, {"reactive: epoll", align::right}};
    if (no_ring.empty()) out.columns.push_back({"proactive: io_uring", align::right});
    add_row(out, "time", loops,
            [](const measured_loop& l) { return human_seconds(l.timed.wall_seconds); });
    add_row(out, "processor time", loops,
            [](const measured_loop& l) { return human_seconds(l.timed.cpu_seconds); });
    const std::string& uncounted = loops.front().counted.refused;
    if (uncounted.empty()) add_calls(out, loops);
    std::fputs(draw_table(out, utf8_output()).c_str(), stdout);
    if (!uncounted.empty()) std::printf("\nSystem calls are not counted: %s.\n", uncounted.c_str());
    if (!no_ring.empty()) std::printf("\nThere is no io_uring here: %s.\n", no_ring.c_str());
    return 0;
}

}  // namespace nurt::cli

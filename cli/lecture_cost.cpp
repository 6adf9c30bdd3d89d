// SPDX-License-Identifier: MIT
// cli/lecture_cost.cpp: the lecture's cell 2.5: what processes, threads and tasks cost.
//
// So many of a kind are alive and wait at the same time. Each measurement is made in a process of its
// own, so that what one has left in the heap does not help the next. Memory is what belongs to
// nobody else (private pages) and the page tables; time goes from the first start until the last one
// says that it runs.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/lecture.hpp"
#include "cli/lecture_child.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/process/process.hpp"
#include "nurt/sync/event.hpp"

namespace nurt::cli {

namespace {

using clock = std::chrono::steady_clock;

constexpr const char* explanation =
    "So many at once, all alive and waiting, until the last one runs. CPU time goes to\n"
    "their end. Memory is what is not shared with others, with page tables; what the\n"
    "kernel needs besides, some 20 KiB for each process and thread, is not in it.\n\n";

constexpr const char* summary =
    "\nA process is a program loaded from disk, with an address space. A thread shares\n"
    "that, and has a stack and a place in the kernel's scheduler, which decides who runs.\n"
    "A task is an object that waits: nurt decides, and nobody asks the kernel.\n";

struct cost {
    double wall = 0;    // seconds, all of them
    double cpu = 0;     // seconds, all of them, to their end
    double memory = 0;  // bytes, all of them
};

double seconds_since(clock::time_point start) {
    return std::chrono::duration<double>(clock::now() - start).count();
}

double cpu_seconds() {
    double sum = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        ::getrusage(who, &used);
        for (const timeval& each : {used.ru_utime, used.ru_stime}) {
            sum += static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) / 1e6;
        }
    }
    return sum;
}

// The sum of the lines of a file of /proc that begin so, in bytes.
double sum_of(const std::string& path, std::initializer_list<std::string_view> names) {
    double sum = 0;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        for (const std::string_view name : names) {
            if (line.starts_with(name)) {
                sum += std::stod(line.substr(name.size())) * 1024;
            }
        }
    }
    return sum;
}

// Processor time from its making on, without the pauses.
class cpu_clock {
public:
    void pause() { used_ += cpu_seconds() - since_; }
    void go_on() { since_ = cpu_seconds(); }
    double stop() {
        pause();
        return used_;
    }

private:
    double used_ = 0;
    double since_ = cpu_seconds();
};

double memory_of(const std::string& process) {
    const std::string folder = "/proc/" + process;
    return sum_of(folder + "/smaps_rollup", {"Private_Clean:", "Private_Dirty:"}) +
           sum_of(folder + "/status", {"VmPTE:"});
}

coro<cost> processes(int count) {
    const clock::time_point start = clock::now();
    cpu_clock cpu;
    std::vector<process> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe}));
        co_await all.back().stdin().write("x");
    }
    for (process& each : all) {
        co_await each.stdout().readexactly(1);  // it runs
    }
    cost result{.wall = seconds_since(start)};
    cpu.pause();
    for (process& each : all) {
        result.memory += memory_of(std::to_string(each.pid()));
    }
    cpu.go_on();
    for (process& each : all) {
        each.stdin().close();
        co_await each.wait();
    }
    result.cpu = cpu.stop();
    co_return result;
}

cost threads(int count) {
    const double memory = memory_of("self");
    const clock::time_point start = clock::now();
    cpu_clock cpu;
    std::atomic<int> running{0};
    std::atomic<bool> over{false};
    std::vector<std::thread> all;
    for (int i = 0; i < count; ++i) {
        all.emplace_back([&] {
            running.fetch_add(1);
            running.notify_one();
            over.wait(false);
        });
    }
    for (int seen = running; seen != count; seen = running) {
        running.wait(seen);
    }
    cost result{.wall = seconds_since(start)};
    cpu.pause();
    result.memory = memory_of("self") - memory;
    cpu.go_on();
    over = true;
    over.notify_all();
    for (std::thread& each : all) {
        each.join();
    }
    result.cpu = cpu.stop();
    return result;
}

coro<> wait_for_end(int& running, event& over) {
    ++running;
    co_await over.wait();
}

coro<cost> tasks(int count) {
    const double memory = memory_of("self");
    const clock::time_point start = clock::now();
    cpu_clock cpu;
    int running = 0;
    event over;
    std::vector<task<>> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(create_task(wait_for_end(running, over)));
    }
    while (running != count) {
        co_await sleep(seconds(0));
    }
    cost result{.wall = seconds_since(start)};
    cpu.pause();
    result.memory = memory_of("self") - memory;
    cpu.go_on();
    over.set();
    for (task<>& each : all) {
        co_await each;
    }
    result.cpu = cpu.stop();
    co_return result;
}

// One that is not counted comes first, so that what is made once is there.
cost measure(std::string_view kind, int count) {
    if (kind == "thread") {
        threads(1);
        return threads(count);
    }
    runner loop;
    auto* run = kind == "process" ? processes : tasks;
    loop.run(run(1));
    return loop.run(run(count));
}

// Three pipes' ends and a pidfd for each child.
void allow_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

cost measure_in_child(std::string_view kind, int count) {
    int ends[2];
    if (::pipe(ends) != 0) throw os_error(errno, "pipe");
    const pid_t child = ::fork();
    if (child < 0) throw os_error(errno, "fork");
    if (child == 0) {
        ::close(ends[0]);
        int code = 1;
        try {
            end_with_parent(::getppid());
            allow_descriptors();
            const cost result = measure(kind, count);
            code = ::write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1;
        } catch (const std::exception& e) {
            fmt::print(stderr, "nurt: {} of kind {}: {}\n", count, kind, e.what());
        } catch (const keyboard_interrupt&) {  // the parent says so
        }
        ::_exit(code);
    }
    ::close(ends[1]);
    cost result;
    const bool whole = ::read(ends[0], &result, sizeof result) == sizeof result;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    interrupt_flag::check();
    if (!whole) throw error(fmt::format("{} of kind {} could not be measured", count, kind));
    return result;
}

std::string human_bytes(double bytes) {
    if (bytes < 10 * 1024) return fmt::format("{:.0f} B", bytes);
    if (bytes < 10 * 1024 * 1024) return fmt::format("{:.0f} KiB", bytes / 1024);
    return fmt::format("{:.0f} MiB", bytes / 1024 / 1024);
}

// Memory is counted in pages: less than one may not be seen at all.
std::string human_share(double bytes, int count) {
    constexpr double page = 4096;
    return bytes < page ? "< " + human_bytes(page / count) : human_bytes(bytes / count);
}

// Numbers that no compiler can guess.
double compute() {
    const clock::time_point start = clock::now();
    volatile unsigned value = 1;
    for (int i = 0; i < 100'000'000; ++i) value = value * 1664525U + 1013904223U;
    return seconds_since(start);
}

void compare_computing() {
    const double alone = compute();
    const clock::time_point start = clock::now();
    std::thread other(compute);
    compute();
    other.join();
    fmt::print(
        "\nPython's threads take turns at one interpreter. Here two threads compute at the same\n"
        "time: once in one thread takes {}, twice in two threads {} ({} processors).\n",
        human_seconds(alone), human_seconds(seconds_since(start)),
        std::thread::hardware_concurrency());
}

}  // namespace

int compare_costs() {
    const interrupt_flag interrupts;
    std::fputs(explanation, stdout);
    std::fflush(stdout);
    table out;
    out.columns = {{"kind", align::left},          {"at once", align::right},
                   {"start, each", align::right},  {"CPU, each", align::right},
                   {"memory, each", align::right}, {"memory, all", align::right}};
    for (const char* kind : {"process", "thread", "task"}) {
        for (const int count : {10, 100, 1000}) {
            const cost c = measure_in_child(kind, count);
            out.rows.push_back({kind, std::to_string(count), human_seconds(c.wall / count),
                                human_seconds(c.cpu / count), human_share(c.memory, count),
                                human_share(c.memory, 1)});
        }
    }
    std::fputs(draw_table(out, utf8_output()).c_str(), stdout);
    std::fputs(summary, stdout);
    std::fflush(stdout);
    compare_computing();
    return 0;
}

}  // namespace nurt::cli

// SPDX-License-Identifier: MIT
// cli/traced_run.cpp: see the header.
#include "cli/traced_run.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/error.hpp"

namespace nurt::cli {

namespace {

constexpr int refused_code = 125;  // of a child that may not be traced
constexpr int at_system_call = SIGTRAP | 0x80;

double seconds(const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

[[noreturn]] void be_child(const std::function<int()>& work, bool traced) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    if (traced) {
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(refused_code);
        ::raise(SIGSTOP);  // until the parent is ready
    }
    try {
        const int code = work();
        std::fflush(stdout);
        _exit(code);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "nurt: %s\n", e.what());
        _exit(1);
    }
}

// Waits for the next thing that the child does. False: that was its end, and it is reaped.
bool next_stop(pid_t child, int& status, traced_run& run) {
    rusage used{};
    pid_t got = 0;
    do {
        got = ::wait4(child, &status, __WALL, &used);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && WIFSTOPPED(status)) return true;
    run.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    run.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    return false;
}

// Until the child has ended. It stops at the beginning and at the end of each call.
void count(pid_t child, traced_run& run) {
    int status = 0;
    if (!next_stop(child, status, run)) {
        if (run.exit_code == refused_code) run.refused = "ptrace is not permitted here";
        return;
    }
    const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, options) != 0) {
        run.refused = "ptrace: " + std::generic_category().message(errno);
        ::ptrace(PTRACE_DETACH, child, nullptr, nullptr);
    }
    long signal = 0;
    do {
        if (run.refused.empty()) {
            ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
        }
        if (!next_stop(child, status, run)) return;
        signal = WSTOPSIG(status) == at_system_call ? 0 : WSTOPSIG(status);
        __ptrace_syscall_info info{};
        if (signal == 0 && ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) > 0 &&
            info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            ++run.calls[static_cast<long>(info.entry.nr)];
        }
    } while (true);
}

}  // namespace

std::uint64_t traced_run::total() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& each : calls) sum += each.second;
    return sum;
}

std::uint64_t traced_run::of(std::initializer_list<long> numbers) const noexcept {
    std::uint64_t sum = 0;
    for (const long number : numbers) {
        const auto found = calls.find(number);
        sum += found != calls.end() ? found->second : 0;
    }
    return sum;
}

traced_run run_in_child(const std::function<int()>& work, bool count_calls) {
    std::fflush(stdout);
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw os_error(errno, "fork");
    if (child == 0) be_child(work, count_calls);
    traced_run run;
    if (count_calls) {
        count(child, run);
    } else {
        int status = 0;
        while (next_stop(child, status, run)) {
        }
    }
    run.wall_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return run;
}

}  // namespace nurt::cli

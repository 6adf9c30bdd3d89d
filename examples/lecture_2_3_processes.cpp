// SPDX-License-Identifier: MIT
// examples/lecture_2_3_processes.cpp: a process is a program that runs, with memory of its own.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

namespace subprocess = nurt::subprocess;

// Three shells at the same time: each counts in its own variable, says its number, and ends.
constexpr const char* command = "count=$((count + 1)); sleep 0.1; echo $count $$";

nurt::coro<void> main_coro() {
    const auto start_time = std::chrono::steady_clock::now();
    auto env = nurt::environment::current();
    env.set("count", "0");
    std::vector<nurt::process> children;
    for (int i = 0; i < 3; ++i) {
        children.push_back(co_await nurt::create_subprocess_shell(
            command, {.stdout = subprocess::pipe, .env = &env}));
    }
    std::set<std::string> pids;
    for (nurt::process& child : children) {
        const nurt::process_output output = co_await child.communicate();
        std::printf("count: %c, returncode: %d\n", output.out[0], *child.returncode());
        pids.insert(output.out.substr(2));
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_time;
    std::printf("%zu processes with %zu different numbers\n", children.size(), pids.size());
    std::printf("All ended in %.3f\n", time.count());
}

int main() {
    nurt::run(main_coro());
}

// prints:
// count: 1, returncode: 0
// count: 1, returncode: 0
// count: 1, returncode: 0
// 3 processes with 3 different numbers
// All ended in 0.110

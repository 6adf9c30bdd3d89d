// SPDX-License-Identifier: MIT
// examples/wait.cpp: look at what is done so far, and results as they arrive.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

nurt::coro<std::string> fetch(std::string name, nurt::duration time) {
    co_await nurt::sleep(time);
    co_return name;
}

std::vector<nurt::task<std::string>> three() {
    std::vector<nurt::task<std::string>> tasks;
    tasks.push_back(nurt::create_task(fetch("slow", 90ms)));
    tasks.push_back(nurt::create_task(fetch("quick", 10ms)));
    tasks.push_back(nurt::create_task(fetch("medium", 50ms)));
    return tasks;
}

nurt::coro<void> program() {
    const auto now = co_await nurt::wait(three(), {.timeout = 30ms});
    std::printf("%zu done, %zu pending\n", now.done.size(), now.pending.size());
    const auto all = co_await nurt::wait(now.pending);
    std::printf("%zu more\n", all.done.size());

    auto arriving = nurt::as_completed(three());
    while (auto done = co_await arriving.next()) {
        std::printf("%s has arrived\n", done->result().c_str());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// 1 done, 2 pending
// 2 more
// quick has arrived
// medium has arrived
// slow has arrived

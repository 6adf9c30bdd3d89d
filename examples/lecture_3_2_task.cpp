// SPDX-License-Identifier: MIT
// examples/lecture_3_2_task.cpp: a task's status, result and name.
//
// run() makes the first task, create_task every other one.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

nurt::coro<int> answer() {
    co_await nurt::sleep(10ms);
    co_return 42;
}

nurt::coro<void> watch() {
    nurt::task<int> task = nurt::create_task(answer(), "deep thought");
    task.add_done_callback([] { std::puts("the callback ran"); });
    std::printf("%s: done %d\n", std::string(task.name()).c_str(), task.done());
    co_await task;
    std::printf("%s: done %d, result %d\n", std::string(task.name()).c_str(), task.done(),
                task.result());

    nurt::task<int> other = nurt::create_task(answer());
    other.cancel();
    const auto end = co_await nurt::as_result(other);
    std::printf("%s: done %d, cancelled %d\n", std::string(other.name()).c_str(), other.done(),
                end.cancelled());
}

int main() {
    nurt::run(watch());
}

// prints:
// deep thought: done 0
// the callback ran
// deep thought: done 1, result 42
// Task-3: done 1, cancelled 1

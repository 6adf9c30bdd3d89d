// SPDX-License-Identifier: MIT
// examples/lecture_4_3_1_cancel_a_task.cpp: a task that is told to stop, and cleans up.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>

using namespace std::chrono_literals;

std::string now() {
    const auto time = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    const auto passed = time - std::chrono::system_clock::from_time_t(seconds);
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%F %T", std::localtime(&seconds));
    std::snprintf(text + size, sizeof text - size, ".%06d", static_cast<int>(us));
    return text;
}

nurt::coro<void> print_lab(std::string coro_id) {
    std::printf("%s %s: Daft\n", now().c_str(), coro_id.c_str());
    try {
        co_await nurt::sleep(10s);
        std::printf("%s %s: Academy\n", now().c_str(), coro_id.c_str());
    } catch (const nurt::cancelled_error&) {
        std::printf("%s %s: Doing cleanup\n", now().c_str(), coro_id.c_str());
        throw;
    }
}

nurt::coro<void> cancel_one() {
    auto task_1 = nurt::create_task(print_lab("1"));
    co_await nurt::sleep(4s);
    std::printf("%s: Cancel task_1\n", now().c_str());
    task_1.cancel();
    std::printf("%s: Canceled task_1\n", now().c_str());
    co_await nurt::as_result(task_1);
}

int main() {
    nurt::run(cancel_one());
}

// prints:
// 2026-01-14 10:48:11.801659 1: Daft
// 2026-01-14 10:48:15.801741: Cancel task_1
// 2026-01-14 10:48:15.801750: Canceled task_1
// 2026-01-14 10:48:15.801755 1: Doing cleanup

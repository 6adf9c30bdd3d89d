// SPDX-License-Identifier: MIT
// examples/lecture_4_3_tasks.cpp: create_task starts a coroutine beside the one that goes on.
//
// A notebook's loop runs for ever; run() ends with its coroutine and would cancel what is left, so
// this one waits for its tasks.
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
    co_await nurt::sleep(2s);
    std::printf("%s %s: Academy\n", now().c_str(), coro_id.c_str());
}

nurt::coro<void> create_two() {
    std::printf("%s Started main\n", now().c_str());
    auto task_1 = nurt::create_task(print_lab("1"));
    auto task_2 = nurt::create_task(print_lab("2"));
    std::printf("%s Created tasks\n", now().c_str());
    co_await task_1;
    co_await task_2;
}

int main() {
    nurt::run(create_two());
}

// prints:
// 2026-01-14 10:47:15.015959 Started main
// 2026-01-14 10:47:15.015981 Created tasks
// 2026-01-14 10:47:15.015985 1: Daft
// 2026-01-14 10:47:15.015989 2: Daft
// 2026-01-14 10:47:17.016071 1: Academy
// 2026-01-14 10:47:17.016079 2: Academy

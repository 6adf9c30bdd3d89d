// SPDX-License-Identifier: MIT
// examples/lecture_4_1_run_a_coroutine.cpp: run() makes a loop and runs a coroutine in it.
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

nurt::coro<void> print_lab() {
    std::printf("%s: Daft\n", now().c_str());
    co_await nurt::sleep(2s);
    std::printf("%s: Academy\n", now().c_str());
}

int main() {
    nurt::run(print_lab());
}

// prints:
// 2026-01-14 10:43:57.400390: Daft
// 2026-01-14 10:43:59.400467: Academy

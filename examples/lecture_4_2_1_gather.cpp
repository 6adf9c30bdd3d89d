// SPDX-License-Identifier: MIT
// examples/lecture_4_2_1_gather.cpp: two coroutines at the same time, with gather.
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

nurt::coro<void> both() {
    co_await nurt::gather(print_lab("1"), print_lab("2"));
}

int main() {
    nurt::run(both());
}

// prints:
// 2026-01-14 10:29:41.775482 1: Daft
// 2026-01-14 10:29:41.775501 2: Daft
// 2026-01-14 10:29:43.775590 1: Academy
// 2026-01-14 10:29:43.775598 2: Academy

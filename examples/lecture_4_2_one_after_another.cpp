// SPDX-License-Identifier: MIT
// examples/lecture_4_2_one_after_another.cpp: two awaits are not concurrent.
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

nurt::coro<void> one_after_another() {
    co_await print_lab("1");
    co_await print_lab("2");
}

int main() {
    nurt::run(one_after_another());
}

// prints:
// 2026-01-14 10:45:47.933421 1: Daft
// 2026-01-14 10:45:49.933502 1: Academy
// 2026-01-14 10:45:49.933510 2: Daft
// 2026-01-14 10:45:51.933588 2: Academy

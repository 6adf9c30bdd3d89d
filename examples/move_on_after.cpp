// SPDX-License-Identifier: MIT
// examples/move_on_after.cpp: lateness as an answer instead of an error.
//
// The work is stopped when its time is up, as by timeout, but the program goes on without it.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

nurt::coro<std::string> weather(nurt::duration time) {
    co_await nurt::sleep(time);
    co_return "sunny";
}

nurt::coro<void> greet(nurt::duration time) {
    const auto forecast = co_await nurt::move_on_after(50ms, weather(time));
    std::printf("good morning; it will be %s\n", forecast ? forecast->c_str() : "as it will be");
}

nurt::coro<void> mornings() {
    co_await greet(1ms);
    co_await greet(10s);
    const bool in_time = co_await nurt::move_on_after(10ms, greet(10s));
    std::printf("in time: %s\n", in_time ? "yes" : "no");
}

int main() {
    nurt::run(mornings());
}

// prints:
// good morning; it will be sunny
// good morning; it will be as it will be
// in time: no

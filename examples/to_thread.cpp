// SPDX-License-Identifier: MIT
// examples/to_thread.cpp: a function that blocks, beside coroutines that go on.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <stop_token>
#include <string>
#include <thread>

std::string read_slowly(std::string name) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return "what is in " + name;
}

int count_until_told(const std::stop_token& stop) {
    int n = 0;
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++n;
    }
    return n;
}

nurt::coro<void> tick() {
    for (int i = 0; i < 3; ++i) {
        std::puts("tick");
        co_await nurt::sleep(nurt::milliseconds(5));
    }
}

nurt::coro<void> work() {
    const auto ticking = nurt::create_task(tick());
    const std::string text = co_await nurt::to_thread(read_slowly, "the file");
    std::puts(text.c_str());
    co_await ticking;

    // A cancelled task waits for its thread, which is told to stop and may still give a result.
    auto counting = nurt::create_task(nurt::to_thread(count_until_told));
    co_await nurt::sleep(nurt::milliseconds(10));
    counting.cancel();
    const int counted = co_await counting;
    std::printf("counted: %s\n", counted > 0 ? "yes" : "no");
}

int main() {
    nurt::run(work());
}

// prints:
// tick
// tick
// tick
// what is in the file
// counted: yes

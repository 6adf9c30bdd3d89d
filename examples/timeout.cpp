// SPDX-License-Identifier: MIT
// examples/timeout.cpp: work that takes too long is stopped, not abandoned.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<int> think(nurt::duration time) {
    try {
        co_await nurt::sleep(time);
    } catch (const nurt::cancelled_error&) {
        std::puts("interrupted while thinking");
        throw;
    }
    co_return 42;
}

nurt::coro<void> ask() {
    const int quick = co_await nurt::wait_for(think(1ms), 10s);
    std::printf("a quick answer: %d\n", quick);

    // A block of several steps with one limit.
    auto two_thoughts = []() -> nurt::coro<int> {
        const int first = co_await think(1ms);
        co_return first + co_await think(10s);
    };
    try {
        const int sum = co_await nurt::timeout(50ms, two_thoughts);
        std::printf("a slow answer: %d\n", sum);
    } catch (const nurt::timeout_error& e) {
        std::printf("no answer: %s\n", e.what());
    }
}

int main() {
    nurt::run(ask());
}

// prints:
// a quick answer: 42
// interrupted while thinking
// no answer: timed out

// SPDX-License-Identifier: MIT
// examples/wait_for.cpp: a limit for one await.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<int> answer(nurt::duration after) {
    co_await nurt::sleep(after);
    co_return 42;
}

nurt::coro<void> program() {
    const int in_time = co_await nurt::wait_for(answer(1ms), 1s);
    std::printf("%d\n", in_time);
    try {
        co_await nurt::wait_for(answer(1h), 1ms);
    } catch (const nurt::timeout_error&) {
        std::puts("too late");
    }
}

int main() {
    nurt::run(program());
}

// prints:
// 42
// too late

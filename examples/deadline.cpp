// SPDX-License-Identifier: MIT
// examples/deadline.cpp: how much time is left.
//
// Whoever calls decides how long it may take; deadline() tells that to the code far below, which
// can skip what it has no time for, or pass the limit on to a database or another server.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<void> answer(const char* who) {
    const nurt::instant end = nurt::deadline();
    const nurt::duration left = end - nurt::event_loop::running().time();
    if (end == nurt::instant::never()) {
        std::printf("%s: all the time in the world, the thorough answer\n", who);
        co_await nurt::sleep(30ms);
    } else if (left > 1s) {
        std::printf("%s: more than a second, the usual answer\n", who);
        co_await nurt::sleep(20ms);
    } else {
        std::printf("%s: in a hurry, the answer of yesterday\n", who);
    }
}

nurt::coro<void> two_callers(nurt::task_group& group) {
    group.create_task(answer("in the group")).detach();
    auto hurried = []() -> nurt::coro<void> { co_await answer("within 100 ms"); };
    co_await nurt::timeout(100ms, hurried);
}

nurt::coro<void> callers() {
    co_await answer("alone");
    auto grouped = []() -> nurt::coro<void> {
        co_await nurt::with(nurt::task_group(), two_callers);
    };
    co_await nurt::timeout(5s, grouped);
}

int main() {
    nurt::run(callers());
}

// prints:
// alone: all the time in the world, the thorough answer
// within 100 ms: in a hurry, the answer of yesterday
// in the group: more than a second, the usual answer

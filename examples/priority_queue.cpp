// SPDX-License-Identifier: MIT
// examples/priority_queue.cpp: the most urgent first, the newest first.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>
#include <utility>

nurt::coro<void> surgery() {
    using patient = std::pair<int, std::string>;
    nurt::priority_queue<patient> waiting;
    waiting.put_nowait(patient(3, "a cold"));
    waiting.put_nowait(patient(1, "a heart"));
    waiting.put_nowait(patient(2, "a leg"));
    waiting.shutdown();
    while (auto next = co_await waiting.next()) {
        std::printf("%d: %s\n", next->first, next->second.c_str());
    }

    nurt::lifo_queue<std::string> plates;
    for (const char* plate : {"first", "second"}) {
        co_await plates.put(plate);
    }
    const std::string top = co_await plates.get();
    std::printf("on top: %s\n", top.c_str());
}

int main() {
    nurt::run(surgery());
}

// prints:
// 1: a heart
// 2: a leg
// 3: a cold
// on top: second

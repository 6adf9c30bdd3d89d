// SPDX-License-Identifier: MIT
// examples/lifo_queue.cpp: the newest first, until there is no more.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> program() {
    nurt::lifo_queue<int> undo;
    for (const int step : {1, 2, 3}) co_await undo.put(step);
    undo.shutdown();  // what is in there still comes out
    while (const auto step = co_await undo.next()) {
        std::printf("undo %d\n", *step);
    }
}

int main() {
    nurt::run(program());
}

// prints:
// undo 3
// undo 2
// undo 1

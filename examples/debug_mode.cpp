// SPDX-License-Identifier: MIT
// examples/debug_mode.cpp: the mistakes that debug mode sees.
//
// NURT_DEBUG=1 turns it on without a change to the program; what it finds goes to standard error then.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <functional>

nurt::coro<void> greet() {
    std::puts("hello");
    co_return;
}

// Takes one fork, then the other.
nurt::coro<void> dine(nurt::lock& left, nurt::lock& right) {
    const auto first = co_await left.acquire();
    co_await nurt::sleep(nurt::milliseconds(1));
    const auto second = co_await right.acquire();
}

nurt::coro<void> deaf() {
    try {
        co_await nurt::sleep(nurt::seconds(10));
    } catch (...) {  // a catch (...) should end in `throw;`
    }
    co_await nurt::sleep(nurt::milliseconds(1));
}

nurt::coro<void> mistakes() {
    auto forgotten = greet();

    nurt::lock fork, knife;
    const auto plato = nurt::create_task(dine, std::ref(fork), std::ref(knife));
    const auto kant = nurt::create_task(dine, std::ref(knife), std::ref(fork));
    const auto task = nurt::create_task(deaf());
    co_await nurt::sleep(nurt::milliseconds(10));
    task.cancel();
    co_await task;
    plato.cancel();
    co_await kant;
}

int main() {
    const char* const names[] = {"slow step", "never awaited", "foreign thread",
                                 "swallowed cancellation", "wait cycle"};
    nurt::runner runner({.debug = true});
    runner.loop().set_debug_handler([&](const nurt::debug_report& found) {
        std::printf("%s\n", names[static_cast<int>(found.finding)]);  // and found.message: where
    });
    runner.run(mistakes());
}

// prints:
// wait cycle
// swallowed cancellation
// never awaited

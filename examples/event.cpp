// SPDX-License-Identifier: MIT
// examples/event.cpp: several tasks wait until something has happened.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> runner(int number, nurt::event& start) {
    std::printf("%d is on the line\n", number);
    co_await start.wait();
    std::printf("%d runs\n", number);
}

nurt::coro<void> starter(nurt::event& start) {
    co_await nurt::sleep(nurt::milliseconds(10));
    std::puts("bang");
    start.set();
}

nurt::coro<void> race() {
    nurt::event start;
    co_await nurt::gather(runner(1, start), runner(2, start), starter(start));
    co_await start.wait();  // goes on at once: it is set
    std::puts("over");
}

int main() {
    nurt::run(race());
}

// prints:
// 1 is on the line
// 2 is on the line
// bang
// 1 runs
// 2 runs
// over

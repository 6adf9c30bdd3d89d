// SPDX-License-Identifier: MIT
// examples/barrier.cpp: three tasks that wait for each other after each round.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> runner(nurt::barrier& line, int pace) {
    for (int round = 1; round <= 2; ++round) {
        co_await nurt::sleep(nurt::milliseconds(10 * pace));
        const std::size_t place = co_await line.wait();
        if (place + 1 == line.parties()) std::printf("round %d: %d was last\n", round, pace);
    }
}

nurt::coro<void> race() {
    nurt::barrier line(3);
    co_await nurt::gather(runner(line, 2), runner(line, 3), runner(line, 1));
}

int main() {
    nurt::run(race());
}

// prints:
// round 1: 3 was last
// round 2: 3 was last

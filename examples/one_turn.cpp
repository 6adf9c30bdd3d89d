// SPDX-License-Identifier: MIT
// examples/one_turn.cpp: what runs in which turn of the loop.
#include <nurt/nurt.hpp>

#include <cstdio>

std::uint64_t first = 0;

void say(const char* what) {
    std::printf("turn %d: %s\n", static_cast<int>(nurt::event_loop::running().turns() - first),
                what);
}

nurt::coro<int> immediate() {
    co_return 1;
}

nurt::coro<void> program() {
    nurt::event_loop& loop = nurt::event_loop::running();
    first = loop.turns();
    loop.call_soon([&loop] {
        say("a callback");
        loop.call_soon([] { say("a callback of a callback"); });
    });
    co_await immediate();
    say("after co_await of a coroutine");
    co_await nurt::sleep(nurt::duration::zero());
    say("after sleep(0)");
    const nurt::task<int> t = nurt::create_task(immediate());
    co_await t;
    say("after co_await of a new task: it ran one turn later, and woke us in the next");
}

int main() {
    nurt::run(program());
}

// prints:
// turn 0: after co_await of a coroutine
// turn 1: a callback
// turn 1: after sleep(0)
// turn 2: a callback of a callback
// turn 3: after co_await of a new task: it ran one turn later, and woke us in the next

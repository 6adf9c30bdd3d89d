// SPDX-License-Identifier: MIT
// examples/run_coroutine_threadsafe.cpp: a loop in one thread, and another that gives it work.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <thread>

nurt::coro<int> slow_sum(int a, int b) {
    co_await nurt::sleep(nurt::milliseconds(5));
    co_return a + b;
}

nurt::coro<void> for_ever() {
    co_await nurt::sleep(nurt::seconds(3600));
}

void other_thread(nurt::event_loop& loop) {
    const auto sum = nurt::run_coroutine_threadsafe(loop, slow_sum, 1, 2);
    std::printf("1 + 2 = %d\n", sum.result());  // blocks this thread, not the loop

    const auto endless = nurt::run_coroutine_threadsafe(loop, for_ever);
    std::printf("in time: %s\n", endless.wait_for(nurt::milliseconds(5)) ? "yes" : "no");
    endless.cancel();
    try {
        endless.result();
    } catch (const nurt::cancelled_error&) {
        std::puts("cancelled, and the task over there with it");
    }
}

nurt::coro<void> serve() {
    nurt::event done;
    nurt::event_loop& loop = nurt::event_loop::running();
    std::thread other([&loop, &done] {
        other_thread(loop);
        loop.call_soon_threadsafe([&done] { done.set(); });
    });
    co_await done.wait();
    other.join();
}

int main() {
    nurt::run(serve());
}

// prints:
// 1 + 2 = 3
// in time: no
// cancelled, and the task over there with it

// SPDX-License-Identifier: MIT
// examples/capacity_limiter.cpp: a limit that can change, and says who asks twice.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> job(nurt::capacity_limiter& limit) {
    const auto token = co_await limit.acquire();
    co_await nurt::sleep(nurt::milliseconds(5));
}

nurt::coro<void> twice(nurt::capacity_limiter& limit) {
    const auto first = co_await limit.acquire();
    const auto second = co_await limit.acquire();
}

nurt::coro<void> work() {
    nurt::capacity_limiter limit(1);
    const auto a = nurt::create_task(job(limit));
    const auto b = nurt::create_task(job(limit));
    co_await nurt::sleep(nurt::milliseconds(1));
    std::printf("%zu works, %zu waits\n", limit.borrowed_tokens(),
                limit.statistics().tasks_waiting);
    limit.set_total_tokens(2);
    std::printf("%zu work\n", limit.borrowed_tokens());
    co_await a;
    co_await b;
    try {
        co_await twice(limit);
    } catch (const nurt::usage_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(work());
}

// prints:
// 1 works, 1 waits
// 2 work
// this task holds a token of this capacity_limiter already

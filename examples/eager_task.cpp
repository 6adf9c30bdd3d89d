// SPDX-License-Identifier: MIT
// examples/eager_task.cpp: a task that begins at once, and may have ended when it is made.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

using namespace std::chrono_literals;

std::map<std::string, int> cache{{"warsaw", 38}};

nurt::coro<int> temperature(std::string city) {
    if (cache.contains(city)) {
        co_return cache[city];  // never suspends
    }
    co_await nurt::sleep(1ms);
    co_return cache[city] = 20;
}

nurt::coro<void> program() {
    const auto lazy = nurt::create_task(temperature("warsaw"));
    const auto eager = nurt::create_task(temperature("warsaw"), {.eager_start = true});
    const auto waits = nurt::create_task(temperature("berlin"), {.eager_start = true});
    std::printf("lazy %d, eager %d, waits %d\n", lazy.done(), eager.done(), waits.done());
    const auto [a, b, c] = co_await nurt::gather(lazy, eager, waits);
    std::printf("%d %d %d\n", a, b, c);
}

int main() {
    nurt::run(program());
}

// prints:
// lazy 0, eager 1, waits 0
// 38 38 20

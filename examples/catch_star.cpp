// SPDX-License-Identifier: MIT
// examples/catch_star.cpp: several tasks fail, and each kind of error has its handler.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <exception>

using namespace std::chrono_literals;

nurt::coro<void> late() {
    co_await nurt::sleep(0ms);
    throw nurt::timeout_error("no answer");
}

nurt::coro<void> refused() {
    co_await nurt::sleep(0ms);
    throw nurt::os_error(111, "connect 10.0.0.1:80");
}

nurt::coro<void> program() {
    try {
        co_await nurt::with(nurt::task_group(), [](nurt::task_group& group) -> nurt::coro<void> {
            group.create_task(late()).detach();
            group.create_task(refused()).detach();
            co_return;
        });
    } catch (const nurt::exception_group&) {
        nurt::catch_star(
            std::current_exception(),
            [](const nurt::timeout_error& e) { std::printf("late: %s\n", e.what()); },
            [](const nurt::os_error& e) { std::printf("system: %s\n", e.what()); });
    }
}

int main() {
    nurt::run(program());
}

// prints:
// late: no answer
// system: connect 10.0.0.1:80: Connection refused

// SPDX-License-Identifier: MIT
// examples/task_group.cpp: tasks that end before their block does, whatever happens.
//
// The first error cancels the others; when all have ended, every error is in one exception_group.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace std::chrono_literals;

nurt::coro<void> worker(int id, nurt::duration time) {
    try {
        co_await nurt::sleep(time);
        std::printf("worker %d is done\n", id);
    } catch (const nurt::cancelled_error&) {
        std::printf("worker %d was stopped\n", id);
        throw;
    }
}

nurt::coro<void> saboteur() {
    co_await nurt::sleep(20ms);
    throw std::runtime_error("the machine is broken");
}

nurt::coro<void> shift() {
    auto work = [](nurt::task_group& group) -> nurt::coro<void> {
        group.create_task(worker(1, 10ms)).detach();
        group.create_task(worker(2, 10s)).detach();
        group.create_task(saboteur()).detach();
        co_return;
    };
    try {
        co_await nurt::with(nurt::task_group(), work);
    } catch (const nurt::exception_group& group) {
        std::printf("%zu error: %s\n", group.errors().size(), group.what());
    }
}

int main() {
    nurt::run(shift());
}

// prints:
// worker 1 is done
// worker 2 was stopped
// 1 error: unhandled errors in a task_group (1 error: the machine is broken)

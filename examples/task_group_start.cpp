// SPDX-License-Identifier: MIT
// examples/task_group_start.cpp: a task that says when it has started.
//
// start() returns when the server calls started(), with what that was given. Until then an error of
// the server is an error of start(); from then on the server is a task of the group like any other.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<void> serve(nurt::task_status<int>& status, int first_port) {
    co_await nurt::sleep(10ms);
    if (first_port == 80) {
        throw nurt::error("port 80 is taken");
    }
    status.started(first_port + 1);  // the port that was free
    co_await nurt::sleep(10s);
}

nurt::coro<void> program(nurt::task_group& group) {
    try {
        co_await group.start(serve, 80);
    } catch (const nurt::error& e) {
        std::printf("not started: %s\n", e.what());
    }
    const int port = co_await group.start(serve, 8080);
    std::printf("serving on port %d\n", port);
    group.cancel();
}

nurt::coro<void> everything() {
    co_await nurt::with(nurt::task_group(), program);
    std::puts("stopped");
}

int main() {
    nurt::run(everything());
}

// prints:
// not started: port 80 is taken
// serving on port 8081
// stopped

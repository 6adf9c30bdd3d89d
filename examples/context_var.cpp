// SPDX-License-Identifier: MIT
// examples/context_var.cpp: a value that follows the work instead of the thread.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

const nurt::context_var<int> request_id("request_id", 0);

void log(const char* text) {
    std::printf("[request %d] %s\n", request_id.get(), text);
}

nurt::coro<void> look_up() {
    co_await nurt::sleep(1ms);
    log("found");
}

nurt::coro<void> handle(int id) {
    request_id.set(id);  // seen here, and in the tasks that this one creates
    log("begins");
    co_await nurt::create_task(look_up());
}

nurt::coro<void> program() {
    co_await nurt::gather(handle(1), handle(2));
    log("program ends");
}

int main() {
    nurt::run(program());
}

// prints:
// [request 1] begins
// [request 2] begins
// [request 1] found
// [request 2] found
// [request 0] program ends

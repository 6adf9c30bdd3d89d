// SPDX-License-Identifier: MIT
// examples/future.cpp: the bridge from callbacks to coroutines.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// A library that calls back, as many do.
void read_sensor(nurt::unique_function<void(int)> done) {
    nurt::event_loop::running().call_later(1ms, [done = std::move(done)]() mutable { done(21); });
}

nurt::coro<int> sensor() {
    nurt::future<int> reading;
    read_sensor([reading](int value) mutable {
        if (!reading.done()) reading.set_result(value);  // it may have been cancelled
    });
    co_return co_await reading;
}

nurt::coro<void> program() {
    const int degrees = co_await sensor();
    std::printf("%d degrees\n", degrees);
    try {
        co_await nurt::wait_for(sensor(), 0ms);
    } catch (const nurt::timeout_error&) {
        std::puts("not in no time");
    }
}

int main() {
    nurt::run(program());
}

// prints:
// 21 degrees
// not in no time

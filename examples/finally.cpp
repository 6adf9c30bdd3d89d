// SPDX-License-Identifier: MIT
// examples/finally.cpp: cleanup that awaits, also when the task is cancelled.
//
// A destructor cannot await. What finally is given as its second argument runs however the first
// one ended, and a second cancellation does not tear it apart.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

nurt::coro<void> transfer() {
    std::puts("begin");
    co_await nurt::sleep(10s);
    std::puts("commit");
}

nurt::coro<void> roll_back() {
    co_await nurt::sleep(20ms);
    std::puts("rolled back");
}

nurt::coro<void> safe_transfer() {
    co_await nurt::finally(transfer, roll_back);
}

nurt::coro<void> impatient() {
    auto task = nurt::create_task(safe_transfer());
    co_await nurt::sleep(10ms);
    task.cancel();
    co_await nurt::sleep(10ms);
    task.cancel();  // in the middle of the cleanup: it has to wait
    const auto end = co_await nurt::as_result(task);
    std::printf("cancelled: %s\n", end.cancelled() ? "yes" : "no");
}

int main() {
    nurt::run(impatient());
}

// prints:
// begin
// rolled back
// cancelled: yes

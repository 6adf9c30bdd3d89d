// SPDX-License-Identifier: MIT
// examples/lock.cpp: one at a time, also across awaits.
//
// Between two awaits a task is alone anyway. A lock is for work that awaits in its middle.
#include <nurt/nurt.hpp>

#include <cstdio>

struct account {
    nurt::lock guard;
    int balance = 100;
};

nurt::coro<void> withdraw(account& from, int amount) {
    const auto guard = co_await from.guard.acquire();
    if (from.balance < amount) {
        std::printf("no %d for you, there is only %d\n", amount, from.balance);
        co_return;
    }
    co_await nurt::sleep(nurt::milliseconds(10));  // counting the notes
    from.balance -= amount;
    std::printf("took %d, %d is left\n", amount, from.balance);
}

nurt::coro<void> two_customers() {
    account shared;
    co_await nurt::gather(withdraw(shared, 80), withdraw(shared, 70));
}

int main() {
    nurt::run(two_customers());
}

// prints:
// took 80, 20 is left
// no 70 for you, there is only 20

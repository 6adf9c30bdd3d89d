// SPDX-License-Identifier: MIT
// examples/queue.cpp: work for two workers, and the end of it.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> worker(nurt::queue<int>& orders, int& sum) {
    while (auto order = co_await orders.next()) {
        co_await nurt::sleep(nurt::milliseconds(1));
        sum += *order;
        orders.task_done();
    }
}

nurt::coro<void> boss(nurt::queue<int>& orders) {
    for (int i = 1; i <= 100; ++i) {
        co_await orders.put(i);  // waits while ten are there
    }
    co_await orders.join();
    std::puts("all done");
    orders.shutdown();
}

nurt::coro<void> day() {
    nurt::queue<int> orders(10);
    int sum = 0;
    co_await nurt::gather(worker(orders, sum), worker(orders, sum), boss(orders));
    std::printf("the sum is %d\n", sum);
}

int main() {
    nurt::run(day());
}

// prints:
// all done
// the sum is 5050

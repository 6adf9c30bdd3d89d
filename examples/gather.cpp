// SPDX-License-Identifier: MIT
// examples/gather.cpp: many at once, and their results in the order of the arguments.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

nurt::coro<std::string> cook(std::string dish, nurt::duration time) {
    co_await nurt::sleep(time);
    std::printf("%s is ready\n", dish.c_str());
    co_return dish;
}

nurt::coro<int> price(int dish) {
    co_return 5 * dish;
}

nurt::coro<void> dinner() {
    const auto [soup, salad] = co_await nurt::gather(cook("soup", 40ms), cook("salad", 20ms));
    std::printf("served: %s, %s\n", soup.c_str(), salad.c_str());

    std::vector<nurt::coro<int>> prices;
    for (int dish = 1; dish <= 3; ++dish) prices.push_back(price(dish));
    int total = 0;
    const std::vector<int> each = co_await nurt::gather(std::move(prices));
    for (const int euros : each) total += euros;
    std::printf("that is %d euros\n", total);
}

int main() {
    nurt::run(dinner());
}

// prints:
// salad is ready
// soup is ready
// served: soup, salad
// that is 30 euros

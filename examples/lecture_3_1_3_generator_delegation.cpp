// SPDX-License-Identifier: MIT
// examples/lecture_3_1_3_generator_delegation.cpp: a generator that hands over to another one.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::generator<int> another_count() {
    co_yield 4;
}

nurt::generator<int> count_to(int max_val) {
    int counter = 1;
    while (counter <= max_val) {
        co_yield counter;
        counter += 1;
    }
    co_await another_count();  // Python: yield from
}

int main() {
    std::puts("Using for loop: ");
    auto count_to_three = count_to(3);
    for (const int count : count_to_three) {
        std::printf("%d\n", count);
    }
}

// prints:
// Using for loop:
// 1
// 2
// 3
// 4

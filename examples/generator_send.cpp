// SPDX-License-Identifier: MIT
// examples/generator_send.cpp: a conversation with a generator, and what it returns at the end.
#include <nurt/nurt.hpp>

#include <cstdio>

// Yields the average so far, is sent numbers, returns how many there were.
nurt::generator<double, double, int> average() {
    double sum = 0;
    int count = 0;
    for (;;) {
        const double number = co_yield (count == 0 ? 0 : sum / count);
        if (number < 0) co_return count;
        sum += number;
        count += 1;
    }
}

int main() {
    auto numbers = average();
    numbers.next();  // to the first co_yield
    for (const double number : {10.0, 20.0, 60.0}) {
        std::printf("average %.0f\n", *numbers.send(number));
    }
    numbers.send(-1.0);
    std::printf("done %d, %d numbers\n", numbers.done(), numbers.result());
}

// prints:
// average 10
// average 15
// average 30
// done 1, 3 numbers

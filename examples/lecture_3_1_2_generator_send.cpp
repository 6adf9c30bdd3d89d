// SPDX-License-Identifier: MIT
// examples/lecture_3_1_2_generator_send.cpp: a generator that listens to what it is sent.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <optional>

// It yields ints and may be sent one: nothing after next().
nurt::generator<int, std::optional<int>> count_to(int max_val) {
    int counter = 1;
    while (counter <= max_val) {
        const std::optional<int> i = co_yield counter;
        if (i) {
            counter = *i;
        } else {
            counter += 1;
        }
    }
}

int main() {
    auto count_to_three = count_to(3);
    std::puts("next method: ");
    std::printf("%d\n", *count_to_three.next());
    count_to_three.send(2);
    std::puts("next method: ");
    std::printf("%d\n", *count_to_three.next());
}

// prints:
// next method:
// 1
// next method:
// 3

// SPDX-License-Identifier: MIT
// examples/lecture_3_1_1_generator_next.cpp: a generator and its next().
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::generator<int> count_to(int max_val) {
    int counter = 1;
    while (counter <= max_val) {
        co_yield counter;
        counter += 1;
    }
}

int main() {
    auto count_to_three = count_to(3);
    std::printf("%d\n", *count_to_three.next());
    std::printf("%d\n", *count_to_three.next());
    std::printf("%d\n", *count_to_three.next());
}

// prints:
// 1
// 2
// 3

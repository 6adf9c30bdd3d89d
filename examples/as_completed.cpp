// SPDX-License-Identifier: MIT
// examples/as_completed.cpp: results in the order in which they arrive.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

nurt::coro<int> answer(int after) {
    co_await nurt::sleep(after * 10ms);
    co_return after;
}

nurt::coro<void> program() {
    std::vector<nurt::coro<int>> asked;
    for (const int after : {3, 1, 2}) asked.push_back(answer(after));
    auto answers = nurt::as_completed(std::move(asked));
    while (const auto done = co_await answers.next()) {
        std::printf("after %d\n", done->result());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// after 1
// after 2
// after 3

// SPDX-License-Identifier: MIT
// examples/lecture_3_4_await.cpp: co_await runs another coroutine and gives its result.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

nurt::coro<std::string> another_coro() {
    std::puts("another_coro runs");
    co_await nurt::sleep(nurt::milliseconds(10));  // the loop may do something else meanwhile
    co_return "its result";
}

nurt::coro<void> coro_name() {
    std::puts("coro_name runs");
    const std::string result = co_await another_coro();
    std::printf("coro_name goes on with %s\n", result.c_str());
}

int main() {
    nurt::run(coro_name());
}

// prints:
// coro_name runs
// another_coro runs
// coro_name goes on with its result

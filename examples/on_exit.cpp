// SPDX-License-Identifier: MIT
// examples/on_exit.cpp: cleanup that is registered where the need for it arises.
//
// What on_exit was given runs when the function has ended, however it did; the last comes first.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

nurt::coro<void> close_connection(std::string name) {
    co_await nurt::sleep(10ms);  // says goodbye to the other side
    std::printf("%s is closed\n", name.c_str());
}

nurt::coro<std::string> open_connection(std::string name) {
    co_await nurt::sleep(10ms);
    std::printf("%s is open\n", name.c_str());
    co_return name;
}

nurt::coro<int> copy_rows(bool fail) {
    const std::string from = co_await open_connection("source");
    co_await nurt::on_exit(close_connection, from);
    const std::string to = co_await open_connection("target");
    co_await nurt::on_exit(close_connection, to);
    if (fail) {
        throw nurt::error("the target is full");
    }
    co_return 42;
}

nurt::coro<void> show() {
    const int rows = co_await copy_rows(false);
    std::printf("%d rows\n", rows);
    try {
        co_await copy_rows(true);
    } catch (const nurt::error& e) {
        std::printf("failed: %s\n", e.what());
    }
}

int main() {
    nurt::run(show());
}

// prints:
// source is open
// target is open
// target is closed
// source is closed
// 42 rows
// source is open
// target is open
// target is closed
// source is closed
// failed: the target is full

// SPDX-License-Identifier: MIT
// tests/install/consumer.cpp: a program of a user, with the installed headers and libraries only.
//
// prints:
//   {"sum":3}
#include <cstdio>

#include <nurt/core/gather.hpp>
#include <nurt/core/run.hpp>
#include <nurt/core/sleep.hpp>
#include <nurt/json/value.hpp>
#include <nurt/json/write.hpp>

nurt::coro<int> number(int n) {
    co_return co_await nurt::sleep(nurt::milliseconds(n), n);
}

nurt::coro<int> sum() {
    const auto [a, b] = co_await nurt::gather(number(1), number(2));
    co_return a + b;
}

int main() {
    nurt::json::value answer = nurt::json::object();
    answer["sum"] = nurt::run(sum());
    std::puts(nurt::json::dump(answer).c_str());
}

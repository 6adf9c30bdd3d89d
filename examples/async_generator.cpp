// SPDX-License-Identifier: MIT
// examples/async_generator.cpp: values that have to be waited for, and a source that cleans up.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// Pages of an answer, each of them fetched when it is asked for.
nurt::async_generator<std::string> pages(int count) {
    bool leaving = false;
    for (int page = 1; page <= count && !leaving; ++page) {
        co_await nurt::sleep(1ms);
        try {
            co_yield "page " + std::to_string(page);
        } catch (const nurt::generator_exit&) {
            leaving = true;  // a catch block cannot await
        }
    }
    co_await nurt::sleep(1ms);
    std::puts(leaving ? "hung up early" : "that was all");
}

nurt::coro<void> first_only(nurt::async_generator<std::string>& source) {
    const auto page = co_await source.next();
    std::printf("first: %s\n", page->c_str());
}

nurt::coro<void> program() {
    auto all = pages(2);
    while (auto page = co_await all.next()) {
        std::puts(page->c_str());
    }
    co_await nurt::aclosing(pages(100), first_only);
}

int main() {
    nurt::run(program());
}

// prints:
// page 1
// page 2
// that was all
// first: page 1
// hung up early

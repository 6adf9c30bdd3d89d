// SPDX-License-Identifier: MIT
// examples/runner.cpp: several coroutines, one after the other, on one loop.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

const nurt::context_var<std::string> user("user", "nobody");

nurt::coro<void> log_in(std::string name) {
    user.set(name);
    co_return;
}

nurt::coro<std::string> who() {
    co_return user.get();
}

int main() {
    nurt::runner runner;
    runner.run(log_in("ada"));
    const std::string name = runner.run(who());  // the runner keeps one context
    std::printf("%s\n", name.c_str());
}

// prints:
// ada

// SPDX-License-Identifier: MIT
// examples/race.cpp: two ways to an answer, and a limit for both.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

nurt::coro<std::string> ask(std::string server, nurt::duration time) {
    try {
        co_await nurt::sleep(time);
    } catch (const nurt::cancelled_error&) {
        std::printf("%s is not needed any more\n", server.c_str());
        throw;
    }
    co_return "the answer of " + server;
}

nurt::coro<void> program() {
    const auto first = co_await nurt::race(ask("north", 500ms), ask("south", 10ms));
    std::printf("%s came first\n", first.value.c_str());

    const auto late = co_await nurt::move_on_after(20ms, ask("east", 500ms));
    std::puts(late ? "east answered" : "never mind");
}

int main() {
    nurt::run(program());
}

// prints:
// north is not needed any more
// the answer of south came first
// east is not needed any more
// never mind

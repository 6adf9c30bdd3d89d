// SPDX-License-Identifier: MIT
// examples/with.cpp: a resource whose beginning and end have to be awaited.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>

using namespace std::chrono_literals;

class session {
public:
    nurt::coro<void> aenter() {
        co_await nurt::sleep(1ms);
        std::puts("logged in");
    }
    nurt::coro<bool> aexit(std::exception_ptr error) {
        co_await nurt::sleep(1ms);  // cancellations wait until this has ended
        std::puts(error ? "rolled back" : "committed");
        co_return false;  // the error goes on
    }
    void say(const char* text) { std::puts(text); }
};

nurt::coro<void> program() {
    co_await nurt::with(session(), [](session& s) -> nurt::coro<void> {
        s.say("hello");
        co_return;
    });
    try {
        co_await nurt::with(session(), [](session&) -> nurt::coro<void> {
            throw std::runtime_error("broken");
            co_return;
        });
    } catch (const std::runtime_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// logged in
// hello
// committed
// logged in
// rolled back
// broken

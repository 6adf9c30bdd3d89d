// SPDX-License-Identifier: MIT
// examples/trap_captures.cpp: a coroutine that is a lambda keeps a reference to its captures.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>
#include <string_view>

nurt::coro<void> program() {
    const std::string name = "ada";
    auto greet = [name]() -> nurt::coro<void> {
        std::printf("hello %s\n", name.c_str());
        co_return;
    };
    try {
        nurt::create_task(greet()).detach();  // greet may die before the task runs: refused
    } catch (const nurt::usage_error& e) {
        const std::string_view text = e.what();
        std::puts(text.find("lambda with captures") != text.npos ? "refused" : e.what());
    }
    co_await nurt::create_task(greet);  // the lambda itself: the task keeps it
    auto with_argument = [](std::string who) -> nurt::coro<void> {
        std::printf("hello %s\n", who.c_str());
        co_return;
    };
    co_await nurt::create_task(with_argument, name);  // no captures: arguments are copied
}

int main() {
    nurt::run(program());
}

// prints:
// refused
// hello ada
// hello ada

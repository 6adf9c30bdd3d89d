// SPDX-License-Identifier: MIT
// examples/signals.cpp: signals as something to wait for, and as callbacks of the loop.
#include <nurt/nurt.hpp>

#include <csignal>
#include <cstdio>

nurt::coro<void> serve() {
    auto signals = nurt::open_signal_receiver(SIGHUP, SIGTERM);
    while (auto signal = co_await signals.next()) {
        if (*signal == SIGTERM) {
            std::puts("SIGTERM: tidying up");
            co_return;
        }
        std::puts("SIGHUP: reading the configuration again");
    }
}

nurt::coro<void> program() {
    auto& loop = nurt::event_loop::running();
    loop.add_signal_handler(SIGUSR1, [] { std::puts("SIGUSR1: a callback"); });

    const auto serving = nurt::create_task(serve());
    co_await nurt::sleep(nurt::seconds(0));
    for (const int signal : {SIGHUP, SIGUSR1, SIGHUP, SIGTERM}) {
        std::raise(signal);  // usually somebody else sends it
        co_await nurt::sleep(nurt::milliseconds(1));
    }
    co_await serving;
    std::printf("removed: %s\n", loop.remove_signal_handler(SIGUSR1) ? "yes" : "no");

    auto interrupts = nurt::open_signal_receiver(SIGINT);  // Ctrl-C does not end run() meanwhile
    std::raise(SIGINT);
    co_await interrupts.next();
    std::puts("SIGINT: heard, and gone on");
    try {
        interrupts = nurt::open_signal_receiver(SIGKILL);
    } catch (const nurt::usage_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(program());
}

// prints:
// SIGHUP: reading the configuration again
// SIGUSR1: a callback
// SIGHUP: reading the configuration again
// SIGTERM: tidying up
// removed: yes
// SIGINT: heard, and gone on
// SIGKILL cannot be caught

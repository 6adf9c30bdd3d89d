// SPDX-License-Identifier: MIT
// examples/many_loops.cpp: one server on two loops, which share its port.
//
// Each loop has a thread, a listener, a queue and state of its own. The kernel spreads the
// connections, and one that belongs elsewhere is handed over.
#include <nurt/nurt.hpp>

#include <atomic>
#include <cstdio>

std::atomic<int> served{0};  // what loops share is the program's to guard

nurt::coro<void> answer(nurt::stream client) {
    const std::string question = co_await client.readline();
    ++served;
    co_await client.write("an answer to " + question);
}

nurt::coro<void> ask(nurt::stream server, std::string question) {
    co_await server.write(question + "\n");
    co_await server.readline();
}

nurt::coro<void> ask_all(nurt::loop_group here, std::uint16_t port) {
    for (int i = 0; i < 100; ++i) {
        co_await ask(co_await nurt::open_connection("127.0.0.1", port), std::to_string(i));
    }
    std::printf("%zu loops, %d questions answered\n", here.size(), served.load());

    nurt::stream mine = co_await nurt::open_connection("127.0.0.1", port);
    nurt::hand_over(std::move(mine), here[1], [here](nurt::stream s) -> nurt::coro<void> {
        co_await ask(std::move(s), "and?");
        std::puts("the last one was asked by loop 1");
        here.stop();  // all of them, as Ctrl-C does
    });
}

nurt::coro<void> serve(nurt::loop_group here, std::uint16_t port) {
    const nurt::listen_options shared{.reuse_port = true};
    nurt::server server = co_await nurt::start_server(answer, "127.0.0.1", port, shared);
    if (here.index() == 0) {
        co_await ask_all(here, port);
    }
    co_await server.serve_forever(nurt::seconds(5));  // stopped, it lets its handlers end
}

int main() {
    const nurt::reserved_port port("127.0.0.1");  // a free one, the same for every loop
    auto each = [&](nurt::loop_group here) { return serve(here, port.number()); };
    nurt::run(each, {.loops = 2});
    std::puts("all loops have ended");
}

// prints:
// 2 loops, 100 questions answered
// the last one was asked by loop 1
// all loops have ended

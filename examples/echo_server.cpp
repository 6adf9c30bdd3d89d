// SPDX-License-Identifier: MIT
// examples/echo_server.cpp: a server that sends back what it gets, to any number of clients.
//
// Try it with `nc 127.0.0.1 7777`; Ctrl-C ends it.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <cstdlib>

nurt::coro<void> echo(nurt::stream peer) {
    std::string buffer(64 * 1024, '\0');
    for (;;) {
        const std::size_t n = co_await peer.read_some(buffer);
        if (n == 0) {
            co_return;  // the client has said goodbye
        }
        co_await peer.write(std::string_view(buffer).substr(0, n));
    }
}

nurt::coro<void> serve(std::uint16_t port) {
    nurt::server server = co_await nurt::start_server(echo, "127.0.0.1", port);
    std::printf("listening on 127.0.0.1:%d\n", server.port());
    std::fflush(stdout);
    co_await server.serve_forever();
}

int main(int argc, char** argv) try {
    const int port = argc > 1 ? std::atoi(argv[1]) : 7777;
    nurt::run(serve(static_cast<std::uint16_t>(port)));
} catch (const nurt::keyboard_interrupt&) {
    std::puts("bye");
} catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
}

// prints:
// listening on 127.0.0.1:7777
// bye

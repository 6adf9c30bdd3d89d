// SPDX-License-Identifier: MIT
// examples/http_server.cpp: a web server in a dozen lines.
//
// Try it with `curl -v http://127.0.0.1:8000/`; Ctrl-C ends it.
#include <nurt/http/server.hpp>
#include <nurt/nurt.hpp>

#include <cstdio>
#include <cstdlib>

namespace http = nurt::http;

nurt::coro<http::reply> answer(http::request& request) {
    if (request.path() == "/") {
        co_return "Hello, World!";
    }
    if (request.path() == "/slow") {
        co_await nurt::sleep(nurt::seconds(1));  // the others go on
        co_return "Good morning.\n";
    }
    co_return http::reply(404).body("no such page\n");
}

nurt::coro<void> serve(std::uint16_t port) {
    http::server server = co_await http::start_server(answer, "127.0.0.1", port);
    std::printf("listening on http://127.0.0.1:%d/\n", server.port());
    std::fflush(stdout);
    co_await server.serve_forever();
}

int main(int argc, char** argv) try {
    const int port = argc > 1 ? std::atoi(argv[1]) : 8000;
    nurt::run(serve(static_cast<std::uint16_t>(port)));
} catch (const nurt::keyboard_interrupt&) {
    std::puts("bye");
} catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
}

// prints:
// listening on http://127.0.0.1:8000/
// bye

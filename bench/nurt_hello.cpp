// SPDX-License-Identifier: MIT
// bench/nurt_hello.cpp: an HTTP server that says hello, with every limit and timeout on.
//
//     nurt_hello PORT [LOOPS]     until it is killed; each loop has a thread and a listener
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "nurt/core/run.hpp"
#include "nurt/http/server.hpp"

namespace {

nurt::coro<nurt::http::reply> hello(nurt::http::request&) {
    co_return "Hello, World!";
}

nurt::coro<> serve(std::uint16_t port) {
    nurt::http::server_options shared;
    shared.reuse_port = true;
    nurt::http::server server = co_await nurt::http::start_server(hello, "127.0.0.1", port, shared);
    co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::fputs("usage: nurt_hello PORT [LOOPS]\n", stderr);
        return 2;
    }
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    const auto loops = static_cast<std::size_t>(argc > 2 ? std::atoi(argv[2]) : 1);
    nurt::run([port] { return serve(port); }, {.loops = loops});
}

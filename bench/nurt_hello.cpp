// SPDX-License-Identifier: MIT
// bench/nurt_hello.cpp: an HTTP server that says hello, with every limit and timeout on.
//
//     nurt_hello PORT     until it is killed
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
    nurt::http::server server = co_await nurt::http::start_server(hello, "127.0.0.1", port);
    co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: nurt_hello PORT\n", stderr);
        return 2;
    }
    nurt::run(serve(static_cast<std::uint16_t>(std::atoi(argv[1]))));
}

// SPDX-License-Identifier: MIT
// examples/https_server.cpp: a web server that nobody can listen to, whose certificate may change.
//
//     https_server [port [chain.pem key.pem]]
//
// Try it with `curl -k https://127.0.0.1:8443/`; Ctrl-C ends it. After `kill -HUP` new connections get
// the certificate that is in the files then, and those that are there go on.
#include <nurt/http/server.hpp>
#include <nurt/nurt.hpp>
#include <nurt/tls/tls.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "examples/localhost.hpp"

namespace http = nurt::http;
namespace tls = nurt::tls;

nurt::coro<http::reply> answer(http::request& request) {
    co_return "Hello, " + request.peer_name() + ", nobody else reads this.\n";
}

nurt::coro<void> serve(std::uint16_t port, tls::server_context site) {
    auto& loop = nurt::event_loop::running();
    loop.add_signal_handler(SIGHUP, [site]() mutable { site.reload(); });
    http::server server = co_await http::start_server(answer, "127.0.0.1", port, site);
    std::printf("listening on https://127.0.0.1:%d/\n", server.port());
    std::fflush(stdout);
    co_await server.serve_forever();
}

int main(int argc, char** argv) try {
    const int port = argc > 1 ? std::atoi(argv[1]) : 8443;
    tls::server_options site;
    if (argc > 3) {
        site.certificate_files(argv[2], argv[3]);
    } else {
        site.certificate_pem(localhost_certificate, localhost_key);
    }
    nurt::run(serve(static_cast<std::uint16_t>(port), site));
} catch (const nurt::keyboard_interrupt&) {
    std::puts("bye");
} catch (const nurt::error& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
}

// prints:
// listening on https://127.0.0.1:8443/
// bye

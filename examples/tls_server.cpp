// SPDX-License-Identifier: MIT
// examples/tls_server.cpp: a server whose certificate may change while it runs.
//
//     tls_server [port [chain.pem key.pem]]
//
// Try it with `openssl s_client -connect 127.0.0.1:7778`; Ctrl-C ends it. With files of its own it
// reads them again every hour: connections that are there go on, new ones get the new certificate.
#include <nurt/nurt.hpp>
#include <nurt/tls/tls.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "examples/localhost.hpp"

using namespace std::chrono_literals;
namespace tls = nurt::tls;

nurt::coro<void> echo(nurt::stream peer) {
    for (std::string line = co_await peer.readline(); !line.empty();
         line = co_await peer.readline()) {
        co_await peer.write(line);
    }
}

nurt::coro<void> keep_fresh(tls::server_context site) {
    for (;;) {
        co_await nurt::sleep(1h);
        site.reload();
    }
}

nurt::coro<void> serve(std::uint16_t port, tls::server_context site) {
    nurt::server server = co_await tls::start_server(echo, "127.0.0.1", port, site);
    std::printf("listening on 127.0.0.1:%d\n", server.port());
    std::fflush(stdout);
    const auto refresher = nurt::create_task(keep_fresh(site));
    co_await server.serve_forever();
}

int main(int argc, char** argv) try {
    const int port = argc > 1 ? std::atoi(argv[1]) : 7778;
    tls::server_options site;
    if (argc > 3) {
        site.certificate_files(argv[2], argv[3]);
    } else {
        site.certificate_pem(localhost_certificate, localhost_key);
    }
    nurt::run(serve(static_cast<std::uint16_t>(port), site));
} catch (const nurt::keyboard_interrupt&) {
    std::puts("bye");
}

// prints:
// listening on 127.0.0.1:7778
// bye

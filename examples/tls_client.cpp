// SPDX-License-Identifier: MIT
// examples/tls_client.cpp: a connection that nobody else can read, and what its ends know of each other.
//
// The server runs in the same program. A client trusts whom the machine trusts; this one trusts the
// certificate of the example, and so it is refused by nobody but those who do not.
#include <nurt/nurt.hpp>
#include <nurt/tls/tls.hpp>

#include <cstdio>

#include "examples/localhost.hpp"

namespace tls = nurt::tls;

nurt::coro<void> echo(nurt::stream peer) {
    const std::string line = co_await peer.readline();
    co_await peer.write(line);
}

nurt::coro<void> ask(std::uint16_t port, tls::client_context trust) {
    nurt::stream s = co_await tls::connect("localhost", port, trust);
    co_await s.write("between you and me\n");
    const std::string answer = co_await s.readline();
    const auto info = tls::info(s);
    std::printf("%s%s, %s\n", answer.c_str(), info->peer->subject.c_str(),
                info->resumed ? "resumed" : "a new session");
    co_await tls::shutdown(std::move(s));
}

nurt::coro<void> talk() {
    const auto site = tls::server_options().certificate_pem(localhost_certificate, localhost_key);
    nurt::server server = co_await tls::start_server(echo, "127.0.0.1", 0, site);
    const tls::client_context trust(tls::client_options().ca_pem(localhost_certificate));
    co_await ask(server.port(), trust);
    co_await ask(server.port(), trust);
    try {
        co_await ask(server.port(), tls::client_context());
    } catch (const nurt::tls_error& e) {
        std::printf("%s\n", e.what());
    }
}

int main() {
    nurt::run(talk());
}

// prints:
// between you and me
// CN=localhost, a new session
// between you and me
// CN=localhost, resumed
// TLS handshake with 127.0.0.1:8443 (localhost): certificate verify failed: self-signed certificate

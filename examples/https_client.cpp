// SPDX-License-Identifier: MIT
// examples/https_client.cpp: https, and whom a client believes. The server is in here too.
//
// A client believes the certificates that the machine trusts, if they are for the host of the URL. This
// one trusts the certificate of the example; one that does not is told why it gets no answer.
#include <nurt/http/client.hpp>
#include <nurt/http/errors.hpp>
#include <nurt/http/server.hpp>
#include <nurt/nurt.hpp>
#include <nurt/tls/tls.hpp>

#include <cstdio>
#include <string>

#include "examples/localhost.hpp"

namespace http = nurt::http;
namespace tls = nurt::tls;

nurt::coro<http::reply> answer(http::request& request) {
    co_return std::string(request.scheme()) + ", by " + request.tls_info()->cipher;
}

nurt::coro<void> ask() {
    const auto site = tls::server_options().certificate_pem(localhost_certificate, localhost_key);
    http::server server = co_await http::start_server(answer, "127.0.0.1", 0, site);
    const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + '/';

    const auto trust = tls::client_options().ca_pem(localhost_certificate);
    http::client client(http::client_options().tls(trust));
    const http::response first = co_await client.get(url);
    const http::response second = co_await client.get(url);
    const bool shook_hands_again = second.phases().tls > nurt::duration::zero();
    std::printf("%s\n%s\n", first.text().c_str(),
                shook_hands_again ? "again" : "the same connection");

    http::client stranger;
    try {
        co_await stranger.get(url);
    } catch (const http::connect_error& e) {
        std::printf("%s\n", e.what());
    }
}

int main() {
    nurt::run(ask());
}

// prints:
// https, by TLS_AES_256_GCM_SHA384
// the same connection
// GET https://127.0.0.1:8443/: TLS handshake with 127.0.0.1:8443 (127.0.0.1): certificate verify failed: self-signed certificate

// SPDX-License-Identifier: MIT
// tests/tls/pair.hpp: both ends of a TLS connection in one test.
#pragma once

#include "nurt/core/task.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "nurt/tls/tls.hpp"
#include "tests/support/certificates.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace nurt_test {

// Whom the clients of these tests trust.
inline const authority& root() {
    static const authority made("nurt test authority");
    return made;
}

inline nurt::tls::server_options site_options(const std::vector<std::string>& names) {
    const identity one = root().issue(names);
    return nurt::tls::server_options().certificate_pem(one.certificate, one.key);
}

inline nurt::tls::server_options site_options() {
    return site_options({"localhost"});
}

inline nurt::tls::server_context site() {
    return nurt::tls::server_context(site_options());
}

inline nurt::tls::client_options trusting_options() {
    return nurt::tls::client_options().ca_pem(root().pem());
}

inline nurt::tls::client_context trusting() {
    return nurt::tls::client_context(trusting_options());
}

struct tls_ends {
    tls_ends(nurt::stream c, nurt::stream s, nurt::byte_stream* b = nullptr)
        : client(std::move(c)), server(std::move(s)), below(b) {}
    nurt::stream client;
    nurt::stream server;
    nurt::byte_stream* below;  // the client
};

// Of a handshake that fails the client tells.
inline nurt::coro<nurt::stream> serve_or_give_up(nurt::stream plain,
                                                 nurt::tls::server_context context) {
    try {
        co_return co_await nurt::tls::start(std::move(plain), std::move(context));
    } catch (const nurt::error&) {
        co_return nurt::stream();
    }
}

// Bytes from the client's side of the stream below, as somebody on the way could put them in.
inline void inject(nurt::byte_stream& below, std::string bytes) {
    struct raw final : nurt::io::operation {
        void complete() noexcept override {}
    } op;
    op.code = nurt::io::opcode::send;
    op.data = bytes.data();
    op.size = bytes.size();
    REQUIRE(below.try_now(op));
}

// A record that nobody has the key for.
inline std::string forged_record() {
    return std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
}

// A client and its server; what is below them holds `capacity` bytes in each direction.
inline nurt::coro<tls_ends> tls_pair(nurt::tls::client_context client = trusting(),
                                     nurt::tls::server_context server = site(),
                                     std::size_t capacity = 65536, std::string name = "localhost") {
    auto [here, there] = nurt::memory_stream_pair(capacity);
    nurt::byte_stream* below = here.shared()->bytes.get();
    auto serving = nurt::create_task(serve_or_give_up(std::move(there), std::move(server)));
    nurt::stream c = co_await nurt::tls::start(std::move(here), std::move(name), std::move(client));
    nurt::stream s = co_await std::move(serving);
    co_return tls_ends(std::move(c), std::move(s), below);
}

}  // namespace nurt_test

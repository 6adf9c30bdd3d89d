// SPDX-License-Identifier: MIT
// tests/soak/secure.hpp: what the actors share who speak TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nurt/stream/stream.hpp"
#include "nurt/tls/tls.hpp"
#include "tests/soak/actor.hpp"
#include "tests/support/certificates.hpp"

namespace nurt_soak {

struct secure {
    explicit secure(world& of);

    // Another certificate for the server, by the same authority.
    nurt::tls::server_options next_certificate();

    world& w;
    nurt_test::authority authority;
    std::vector<nurt_test::identity> identities;
    std::size_t next = 0;
    nurt::tls::client_context trust;
    nurt::tls::client_context hurried;  // gives up a handshake soon
    nurt::tls::server_context site;
    std::uint16_t port = 0;        // of a server that comes and goes
    std::uint16_t start_port = 0;  // of one that speaks plainly until it is told "STARTTLS"
};

// Says something, hears it again, checks it, and ends in one of several ways.
coro<> converse(secure& all, dice& d, nurt::stream s);
// Those who know no TLS, or cut what they carry.
std::span<const deed<secure>> deeds_of_enemies();

}  // namespace nurt_soak

// SPDX-License-Identifier: MIT
// nurt/tls/info.hpp: what was agreed on, and with whom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nurt/stream/stream.hpp"
#include "nurt/tls/options.hpp"

namespace nurt::tls {

// Names are written as in RFC 2253: "CN=localhost,O=Example".
struct certificate_info {
    std::string subject;
    std::string issuer;
    std::string serial;                     // hexadecimal
    std::vector<std::string> dns_names;     // subject alternative names
    std::vector<std::string> ip_addresses;  // likewise
    std::vector<std::string> emails;        // likewise
    std::string not_before;                 // "Jan  1 00:00:00 2030 GMT"
    std::string not_after;
    std::string sha256;  // fingerprint, 64 hexadecimal digits
    std::string der;
};

struct connection_info {
    tls::version version = version::tls1_3;
    std::string cipher;       // "TLS_AES_256_GCM_SHA384"
    std::string alpn;         // the protocol that was agreed on; empty: none
    std::string server_name;  // whom the client asked for; empty: it did not say
    bool resumed = false;
    std::optional<certificate_info> peer;  // none: the peer has shown none
};

// nullopt for a stream that is not TLS, or is closed. Python: get_extra_info("peercert") and others.
std::optional<connection_info> info(const stream& s);
std::optional<connection_info> info(const byte_stream& bytes);

bool is_tls(const byte_stream& bytes) noexcept;

}  // namespace nurt::tls

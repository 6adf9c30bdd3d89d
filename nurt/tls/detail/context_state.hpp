// SPDX-License-Identifier: MIT
// nurt/tls/detail/context_state.hpp: what stands behind a context.
#pragma once

#include "nurt/tls/detail/openssl.hpp"
#include "nurt/tls/options.hpp"

#include <list>
#include <memory>
#include <string>
#include <string_view>

namespace nurt::tls::detail {

enum class side : unsigned char { client, server };

// What came of the settings. Never changed: connections keep the one that they began with.
struct built_context {
    side which;
    settings options;
    std::string alpn;  // each protocol behind its length, as on the wire
    ssl_context_ptr context;
};

// A protocol of ALPN behind its length. tls_error unless it has 1 to 255 bytes.
std::string wire_format(std::string_view protocol);

// Reads the files. tls_error, os_error.
std::shared_ptr<const built_context> build_context(side which, const settings& options);

// Sessions of a client, the latest first. A ticket of TLS 1.3 is used once, so that nobody who
// listens sees the same twice (RFC 8446 appendix C.4).
class session_cache {
public:
    void remember(const std::string& server, session_ptr session);
    session_ptr find(const std::string& server);
    void clear() noexcept { sessions_.clear(); }

private:
    struct entry {
        std::string server;
        session_ptr session;
    };
    static constexpr std::size_t most_per_server = 4;
    static constexpr std::size_t most = 256;

    std::list<entry> sessions_;
};

class context_state {
public:
    context_state(side which, const settings& options) : built_(build_context(which, options)) {}

    void assign(const settings& options) {
        built_ = build_context(built_->which, options);
        sessions.clear();
    }
    void reload() { assign(built_->options); }
    const std::shared_ptr<const built_context>& built() const noexcept { return built_; }

    session_cache sessions;

private:
    std::shared_ptr<const built_context> built_;
};

}  // namespace nurt::tls::detail

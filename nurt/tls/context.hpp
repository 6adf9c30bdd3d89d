// SPDX-License-Identifier: MIT
// nurt/tls/context.hpp: options that have been read and checked, and what connections share.
//
// A handle: copies are the same context. Reading certificates takes milliseconds and blocks, so make
// a context once and keep it; a client's context also remembers the sessions to resume. From one
// thread only.
#pragma once

#include <memory>

namespace nurt::tls {

class client_options;  // nurt/tls/options.hpp
class server_options;

namespace detail {
class context_state;
}

// Python: ssl.create_default_context().
class client_context {
public:
    // tls_error for certificates and keys that cannot be used, os_error for files that cannot be
    // read. Without options it trusts whom the machine trusts.
    client_context();
    client_context(const client_options& options);  // NOLINT: options stand for their context

    // Connections from now on get what the files are now, or other options; those that are there go
    // on. An error leaves it as it was. Sessions are forgotten.
    void reload();
    void assign(const client_options& options);

    const std::shared_ptr<detail::context_state>& state() const noexcept { return state_; }

private:
    std::shared_ptr<detail::context_state> state_;
};

// Python: ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).
class server_context {
public:
    // The same errors; options without certificate and callback are one.
    server_context(const server_options& options);  // NOLINT: options stand for their context

    // As of a client. Sessions from before are not resumed.
    void reload();
    void assign(const server_options& options);

    const std::shared_ptr<detail::context_state>& state() const noexcept { return state_; }

private:
    std::shared_ptr<detail::context_state> state_;
};

}  // namespace nurt::tls

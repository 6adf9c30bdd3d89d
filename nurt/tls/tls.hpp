// SPDX-License-Identifier: MIT
// nurt/tls/tls.hpp: connections that nobody else can read or change.
//
//     stream s = co_await tls::connect("example.org", 443);
//     stream later = co_await tls::start(std::move(plain), "mail.example.org");     // STARTTLS
//     auto server = co_await tls::start_server(echo, "", 8443, site);
//
// What comes of it is a nurt::stream like any other. Closing it says so to the peer, so that the
// peer knows that nothing was cut off; a connection that ends without that gives tls_error on
// reading. What the peer has written before its own end is read first, and after it one may go on
// writing. shutdown_write() says that nothing more will be written, and reading goes on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/stream.hpp"
#include "nurt/tls/context.hpp"
#include "nurt/tls/errors.hpp"
#include "nurt/tls/info.hpp"
#include "nurt/tls/options.hpp"

namespace nurt::tls {

// A TCP connection to host, which has to be what the certificate says. Fails as nurt::connect does,
// and with tls_error or timeout_error in the handshake. options.timeout is for the TCP connection;
// the handshake has a limit of its own. Without a context it makes one: keep yours if you connect
// more than once. Python: asyncio.open_connection(ssl=...).
coro<stream> connect(std::string host, std::uint16_t port, client_context context = {},
                     connect_options options = {});

// What one connection does otherwise than its context says.
struct start_options {
    // The only protocol that may be spoken over it, "http/1.1"; stays until the handshake has begun.
    std::string_view alpn = {};
    // The handshake's limit, if it is less than the context's.
    duration handshake_timeout = duration::max();
};

// TLS on a connection that is there, as client of server_name, or as server. Bytes that had been
// received and not yet asked for are taken for TLS, never for what it protects, so nothing that was
// slipped in before can pass for a part of the conversation after it. The stream stays the same one
// for who keeps an eye on it, such as its server. usage_error if somebody reads or writes; if it
// fails or is cancelled, the connection is closed. Python: StreamWriter.start_tls, loop.start_tls.
coro<stream> start(stream plain, std::string server_name, client_context context = {},
                   start_options options = {});
coro<stream> start(stream plain, server_context context, start_options options = {});

// The same for servers, to whom a client that cannot do it is no error: on_handshake_error hears of
// it, and the stream that comes back is closed.
coro<stream> accept(stream plain, server_context context, start_options options = {});

// As nurt::start_server; each handler runs when its handshake has succeeded.
coro<server> start_server(connection_handler handler, std::string host, std::uint16_t port,
                          server_context context, listen_options options = {});

// Closes, and waits until the peer has answered: then it has read everything. What it still sends is
// dropped. timeout_error when the context's shutdown timeout passes, after a reset; tls_error and
// os_error if it ends in another way. Python: StreamWriter.wait_closed.
coro<void> shutdown(stream s);

}  // namespace nurt::tls

// SPDX-License-Identifier: MIT
// nurt/http/server.hpp: serve HTTP/1.1.
//
//     coro<http::reply> hello(http::request&) { co_return "Hello, World!"; }
//
//     http::server server = co_await http::start_server(hello, "127.0.0.1", 8000);
//     co_await server.serve_forever();
//
// Strict in what it accepts, with a limit on everything that a stranger can make it keep or wait
// for. Requests of one connection are served one at a time, in order; replies to requests that came
// together leave together. A client that goes away, or ends its side, cancels the handler. What is
// illegal is answered once, and the connection closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/http/limits.hpp"
#include "nurt/http/reply.hpp"
#include "nurt/http/request.hpp"
#include "nurt/net/address.hpp"
#include "nurt/stream/stream.hpp"
#include "nurt/tls/context.hpp"

namespace nurt::http {

namespace detail {
struct server_state;
}

// Answers one request. An exception that leaves it is answered with 500 and goes to the loop's
// exception handler; a refusal is answered with its own status.
using handler = unique_function<coro<reply>(request&)>;

struct server_options {
    limits head = {};                          // 414 and 431
    std::uint64_t body = 1024 * 1024;          // bytes; 413; see request::set_body_limit
    duration head_time = seconds(10);          // for a whole head, from its first byte; 408
    duration body_idle = seconds(20);          // between two pieces of a body; 408
    std::uint32_t body_rate = 240;             // bytes a second, at least, on the average,
    duration body_grace = seconds(10);         // after this long
    duration keep_alive = seconds(75);         // between two requests
    duration keep_alive_crowded = seconds(5);  // the same over 80 % of the connections
    duration write_stall = seconds(30);        // a client that takes nothing is reset
    std::size_t connections = 0;               // at once; 0: 90 % of the descriptors allowed
    int backlog = 511;                         // connections that may wait for their turn
    bool reuse_port = false;                   // several servers share the port, one for each loop
};

// Moved, not copied. The destructor closes it and cancels what is running without waiting.
class server {
public:
    struct statistics_t {
        std::size_t connections;  // open, those that still shake hands included
        std::size_t handlers;     // running
        std::uint64_t accepted;   // connections
        std::uint64_t requests;   // complete heads
        std::uint64_t refused;    // illegal, too large, or too slow; no TLS where it has to be
        std::uint64_t failed;     // handlers that ended with an error
    };

    server(server&&) noexcept;
    server& operator=(server&&) = delete;
    ~server();

    // Stops listening; connections go on.
    void close() noexcept;
    // Until it is closed and the last connection has ended.
    coro<> wait_closed();
    // Until it is closed. When cancelled, as by Ctrl-C, it stops with this grace, and the
    // cancellation goes on.
    coro<> serve_forever(duration grace = seconds(1));
    // Stops listening, closes idle connections, lets running requests end and closes theirs. After
    // the grace handlers are cancelled, and waited for. True: none had to be.
    coro<bool> stop(duration grace);

    bool is_serving() const noexcept;
    std::vector<socket_address> sockets() const;
    std::uint16_t port() const;
    statistics_t statistics() const noexcept;

    explicit server(std::shared_ptr<detail::server_state> state) noexcept;

private:
    std::shared_ptr<detail::server_state> state_;
};

// Listens as nurt::start_server does: "" means every IPv4 address, port 0 takes a free one.
coro<server> start_server(handler answer, std::string host, std::uint16_t port,
                          server_options options = {});

// The same over TLS, for https:
//
//     const tls::server_context site(tls::server_options().certificate_files("chain.pem", "key.pem"));
//     auto server = co_await http::start_server(hello, "", 8443, site);
//
// The context's limit holds for the handshake; what it says of ALPN is not used. Clients that cannot
// shake hands are dropped, and its on_handshake_error hears of them. site.reload() is for new connections.
coro<server> start_server(handler answer, std::string host, std::uint16_t port,
                          tls::server_context site, server_options options = {});

// Serves a single connection until it ends, beginning with what has been received and not asked for:
// another loop may have handed it over (nurt/net/hand_over.hpp). TLS has been started on it, or not.
coro<> serve_connection(stream client, handler answer, server_options options = {});

}  // namespace nurt::http

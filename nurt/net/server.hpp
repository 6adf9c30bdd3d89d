// SPDX-License-Identifier: MIT
// nurt/net/server.hpp: accept connections and run a coroutine for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

namespace detail {
struct server_state;
}

// What runs for each connection, in a task of its own; the connection is closed when it ends.
using connection_handler = unique_function<coro<void>(stream)>;

// Accepts from its creation on. Moved, not copied. The destructor closes it and cancels the handlers
// that are running; it does not wait for them. Python: asyncio.Server.
class server {
public:
    server(server&&) noexcept = default;
    server& operator=(server&&) = delete;
    ~server();

    // Stops listening. Connections go on.
    void close() noexcept;
    // Until it is closed and the last handler has ended.
    coro<void> wait_closed() { return wait_for_end(state_); }
    // Until it is closed. When cancelled, as by Ctrl-C, it stops with this grace, and lets the
    // cancellation go on.
    coro<void> serve_forever(duration grace = duration::zero()) { return serve(state_, grace); }
    // Stops listening and lets the handlers end. After the grace they are cancelled, and waited for.
    // True: none had to be.
    coro<bool> stop(duration grace) { return end_within(state_, grace); }

    bool is_serving() const noexcept;
    std::vector<socket_address> sockets() const;  // where it listens; empty when closed
    std::vector<io::endpoint> endpoints() const;  // the same for any kind of address
    std::uint16_t port() const;                   // of the first one
    std::size_t connections() const noexcept;     // handlers that are running

    // Closes, or resets, the connections. The handlers find out by their next read or write.
    void close_clients() noexcept;
    void abort_clients() noexcept;

    explicit server(std::shared_ptr<detail::server_state> state) noexcept
        : state_(std::move(state)) {}

private:
    static coro<void> wait_for_end(std::shared_ptr<detail::server_state> state);
    static coro<bool> end_within(std::shared_ptr<detail::server_state> state, duration grace);
    static coro<void> serve(std::shared_ptr<detail::server_state> state, duration grace);

    std::shared_ptr<detail::server_state> state_;
};

// Listens on every address of host ("" means all IPv4 addresses of the machine, "localhost" both
// loopback addresses) and runs the handler for each connection. An error that leaves a handler goes
// to the loop's exception handler. Port 0 takes a free port.
// Python: asyncio.start_server.
coro<server> start_server(connection_handler handler, std::string host, std::uint16_t port,
                          listen_options options = {});

// How many descriptors this process may have open at a time.
std::size_t descriptor_limit() noexcept;

// Python: asyncio.open_connection, and both of what that gives in one.
inline coro<stream> open_connection(std::string host, std::uint16_t port,
                                    connect_options options = {}) {
    return connect(std::move(host), port, options);
}

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/net/tcp.hpp: connections over TCP.
//
// What they are read and written with is nurt::stream. Addresses may be names: see
// nurt/net/resolver.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/io/backend.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/detail/operation_leaf.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

struct connect_options {
    duration timeout = duration::max();  // for the lookup of the name and all attempts together
    bool no_delay = true;                // send small writes at once
    // Of several addresses the next one is tried when the last has failed, or has not answered for so
    // long; what is still trying when one answers is given up. RFC 8305 section 5 says 250 ms, and
    // not less than 10 ms. duration::max(): one after the other.
    duration attempt_delay = milliseconds(250);
    bool interleave = true;   // the families in turns, whatever order the resolver gave
    bool all_errors = false;  // fail with exception_group, one error for each address
    bool keep_alive = false;  // ask an idle peer now and then whether it is still there
    // Where to connect from; port 0 takes a free one. Addresses of the other family are left out.
    std::optional<socket_address> local_address = {};
};
static_assert(std::is_trivially_destructible_v<connect_options>);

struct listen_options {
    int backlog = 511;        // connections that may wait to be accepted
    bool reuse_port = false;  // several listeners share the port, one for each loop
    // Of start_server: so many handlers run at once, and who comes then waits to be accepted.
    std::size_t connections = static_cast<std::size_t>(-1);
    // Of each accepted connection, as in connect_options.
    bool no_delay = true;
    bool keep_alive = false;
};

// Tries the addresses of host until one answers. os_error when none does, and what() says what was
// tried: "connect 127.0.0.1:9: Connection refused"; resolve_error; timeout_error. Cancelled, it ends
// every attempt.
coro<stream> connect(std::string host, std::uint16_t port, connect_options options = {});
coro<stream> connect(socket_address to, connect_options options = {});

// A stream over a connected socket, TCP or Unix domain, that somebody else has made: a parent
// process, another library. It is the stream's from then on, and does not block any more; after an
// exception it is still the caller's. Python: loop.connect_accepted_socket.
stream adopt_socket(int descriptor);

// A connection without a loop, on its way to another loop, library or process. Moved, not copied, to
// whatever thread; the destructor closes it.
class released_socket {
public:
    released_socket() = default;
    explicit released_socket(int descriptor, std::string unread = {}) noexcept
        : descriptor_(descriptor), unread_(std::move(unread)) {}
    released_socket(released_socket&& other) noexcept
        : descriptor_(other.take()), unread_(std::move(other.unread_)) {}
    released_socket& operator=(released_socket&& other) noexcept;
    ~released_socket() { close(); }

    int descriptor() const noexcept { return descriptor_; }  // non-blocking; -1: there is none
    // What had been received and nobody has asked for.
    const std::string& unread() const noexcept { return unread_; }
    // From here on the descriptor is the caller's to close.
    int take() noexcept { return std::exchange(descriptor_, -1); }
    void close() noexcept;

private:
    int descriptor_ = -1;
    std::string unread_;
};

// On whatever loop runs; what was unread is read first. Closes it when it fails.
stream adopt_socket(released_socket socket);

// The opposite. usage_error while somebody reads or writes, or when the stream is closed or leads
// to something else than a socket; then the connection is closed.
released_socket release_socket(stream s);

namespace detail {

struct listener_state;

class accept_leaf final : public operation_leaf {
public:
    explicit accept_leaf(std::shared_ptr<listener_state> state);
    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept;
    stream await_resume();
    void complete() noexcept override;

private:
    bool take_back() noexcept override;

    std::shared_ptr<listener_state> state_;
    io::endpoint peer_;
    bool done_ = false;
};

}  // namespace detail

// A port that is listened to. Moved, not copied. The destructor closes it without blocking.
class listener {
public:
    listener() = default;  // closed
    listener(listener&&) noexcept = default;
    listener& operator=(listener&& other) noexcept;
    ~listener() { close(); }

    // The next connection, as a stream. One task at a time; a second one gets usage_error. A
    // cancelled accept loses no connection. While the process has no free descriptor it waits.
    // Closing ends it with os_error(ECANCELED).
    detail::accept_leaf accept();

    socket_address address() const;  // where it listens, with the port that was chosen for port 0
    std::uint16_t port() const { return address().port(); }
    io::endpoint endpoint() const;  // the same for any kind of address; size 0 when it is closed
    bool is_closed() const noexcept;
    // A second close does nothing.
    void close() noexcept;

    explicit listener(std::shared_ptr<detail::listener_state> state) noexcept
        : state_(std::move(state)) {}

private:
    std::shared_ptr<detail::listener_state> state_;
};

// Listens on the first address of host; "" means every IPv4 address of the machine. Port 0 takes a
// free one. os_error: "listen 127.0.0.1:80: Permission denied".
coro<listener> listen(std::string host, std::uint16_t port, listen_options options = {});
// The same without a lookup, and so without waiting.
listener listen(const socket_address& at, listen_options options = {});

}  // namespace nurt

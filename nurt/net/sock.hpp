// SPDX-License-Identifier: MIT
// nurt/net/sock.hpp: sockets that belong to somebody else: another library, a parent process.
//
// Each function does one thing with a descriptor, waits for it if need be, and forgets it: nothing is
// owned, kept or closed, so its owner may close it between two calls. Sockets of our own are better
// off as streams, which know more and cost less; nurt::adopt_socket makes one of any socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "nurt/core/coro.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/io/endpoint.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/unix_address.hpp"

namespace nurt {

// For all of them: the socket is non-blocking (usage_error from connect, accept and sendfile if not),
// and stays open while somebody waits for it; one task may wait for each direction of it (usage_error).
// os_error says what was tried: "sock_recv 7: Connection reset by peer". A cancelled call has done
// nothing; but sock_sendall and sock_sendfile may have sent a part, and nobody knows how much, and a
// cancelled sock_connect goes on in the kernel. Views are read, or written to, until the end.
// Python: loop.sock_recv and so on.

// Up to n bytes; "" is the end of the stream.
coro<std::string> sock_recv(int socket, std::size_t n);
coro<std::size_t> sock_recv_into(int socket, std::span<char> to);
coro<datagram> sock_recvfrom(int socket, std::size_t n);
coro<received> sock_recvfrom_into(int socket, std::span<char> to);

coro<void> sock_sendall(int socket, std::string_view data);
coro<std::size_t> sock_sendto(int socket, std::string_view data, io::endpoint to);
coro<std::size_t> sock_sendto(int socket, std::string_view data, socket_address to);

coro<void> sock_connect(int socket, io::endpoint to);
coro<void> sock_connect(int socket, socket_address to);
coro<void> sock_connect(int socket, unix_address to);

// Not an aggregate, so that it may stand in an expression with co_await.
struct accepted_socket {
    accepted_socket() = default;

    io::descriptor socket;  // non-blocking, closed in children that are executed
    io::endpoint peer;
};
// A connection that is accepted while the call is cancelled stays in the queue or is returned.
coro<accepted_socket> sock_accept(int socket);

// As nurt::sendfile.
coro<std::uint64_t> sock_sendfile(int socket, int file, std::uint64_t offset = 0,
                                  std::uint64_t count = UINT64_MAX);

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/net/unix.hpp: connections inside of one machine, over a path or an abstract name.
//
// They are streams like those over TCP. The peer's process and user are known, and descriptors can be
// handed over.
//
// In a simulation they lead to others of the same simulation. Paths are only names there: what is on the
// disk is neither looked at nor changed, descriptors cannot be handed over, and there are no datagrams.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/net/unix_address.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

struct unix_listen_options {
    int backlog = 511;           // connections that may wait to be accepted
    bool cleanup_socket = true;  // closing removes the file, unless another one has taken its place
    unsigned mode = 0;  // permissions of the file, 0600 say; 0: what the umask leaves of 0777
    // Of start_unix_server: so many handlers run at once, and who comes then waits to be accepted.
    std::size_t connections = static_cast<std::size_t>(-1);
};
static_assert(std::is_trivially_destructible_v<unix_listen_options>);

// name: a path, or an abstract name as "@name"; see unix_address. While the listener has no room it
// waits. os_error: "connect /run/x.sock: No such file or directory"; timeout_error.
// Python: asyncio.open_unix_connection.
coro<stream> open_unix_connection(std::string name, duration timeout = duration::max());

// A socket that is at the path already is replaced, even when somebody listens on it: that listener
// gets no new connections, and will not remove our file. Any other kind of file is an error.
listener listen_unix(const std::string& name, unix_listen_options options = {});

// As start_server. Python: asyncio.start_unix_server.
coro<server> start_unix_server(connection_handler handler, std::string name,
                               unix_listen_options options = {});

// Two streams that are connected with each other, and two sockets for datagrams.
// Python: socket.socketpair.
std::pair<stream, stream> stream_pair();
std::pair<datagram_socket, datagram_socket> datagram_pair(datagram_options options = {});

// Who made the other end, as the kernel knows it from the moment of connecting.
struct peer_credentials {
    int pid = 0;
    unsigned uid = 0;
    unsigned gid = 0;
};
// usage_error when the stream is closed or has no socket; os_error when it is none of the machine's.
peer_credentials credentials_of(const stream& s);

// Sends data, at least one byte, and with it copies of descriptors, 253 at most. They stay the
// caller's, and have to be open until this ends. It is the stream's write, and cancelled half-way it
// leaves a stream that takes no further writes.
coro<void> send_descriptors(stream& to, std::span<const int> descriptors, std::string_view data);

// What comes next, as read_some gives it, with the descriptors that came with it, `most` of them or 253;
// they are closed in children that are executed. Reading in any other way closes descriptors that come
// with the bytes. Cancelled, it leaves both where they are.
// Not an aggregate, so that it may stand in an expression with co_await.
struct with_descriptors {
    with_descriptors() = default;

    std::size_t size = 0;  // bytes; 0 is the end of the stream
    std::vector<io::descriptor> descriptors;
    bool truncated = false;  // more came than were asked for: all of them were closed
};
coro<with_descriptors> receive_descriptors(stream& from, std::span<char> to, std::size_t most = 16);

// The same with datagrams of Unix sockets (usage_error for others), to the peer or to an address: a
// datagram, which may be empty, and its descriptors arrive together or not at all, whatever is cancelled.
// Receiving in any other way closes the descriptors.
coro<void> send_descriptors(datagram_socket& to, std::span<const int> descriptors,
                            std::string_view data);
coro<void> send_descriptors(datagram_socket& from, std::span<const int> descriptors,
                            std::string_view data, const unix_address& to);

struct datagram_with_descriptors {
    datagram_with_descriptors() = default;

    std::size_t size = 0;    // bytes that are in the memory
    bool truncated = false;  // it was longer, and the rest is lost
    io::endpoint sender;     // as it is, it can be answered with send_to
    std::vector<io::descriptor> descriptors;
    bool descriptors_truncated = false;  // more came than were asked for: all of them were closed
    // Who has sent it, as the kernel knows it; with datagram_options::credentials.
    std::optional<peer_credentials> credentials;
};
coro<datagram_with_descriptors> receive_descriptors(datagram_socket& from, std::span<char> to,
                                                    std::size_t most = 16);

}  // namespace nurt

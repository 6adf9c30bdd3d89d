// SPDX-License-Identifier: MIT
// nurt/io/detail/kernel_calls.hpp: the system calls that backends for the real kernel share.
//
// None of them blocks, none raises SIGPIPE, and each is repeated when a signal interrupts it.
// Results are what the call gave, or -errno.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nurt/io/backend.hpp"

namespace nurt::io::detail {

// Bytes read or -errno. is_socket is cleared when the descriptor turns out to be something else.
std::int64_t receive(int descriptor, void* data, std::size_t size, bool& is_socket) noexcept;
std::int64_t send(int descriptor, const void* data, std::size_t size, bool& is_socket) noexcept;

// A connected descriptor. Connections that were gone before they were accepted are skipped.
std::int64_t accept(int descriptor, endpoint* peer) noexcept;

// -EINPROGRESS when it goes on; connect_result tells the end.
std::int64_t start_connect(int descriptor, const endpoint& to) noexcept;
std::int64_t connect_result(int descriptor) noexcept;

// Reads and drops what has arrived, up to 256 KiB: closing a socket with unread bytes would send a
// reset, and that makes the peer lose what we sent before.
void drop_unread(int descriptor) noexcept;

// Lets the kernel go on sending for 5 s after a close, then reset the connection.
void limit_flush(int descriptor) noexcept;

// The next close of the descriptor resets the connection.
void reset_on_close(int descriptor) noexcept;

// These throw os_error(errno, attempt).
int open_stream_socket(const endpoint& towards, std::string_view attempt);
// Of a Unix socket that was bound and is not wanted any more; of others there is none.
void remove_socket_file(const endpoint& bound) noexcept;
int listen_stream_socket(const endpoint& at, const listen_options& options,
                         std::string_view attempt);

// Of a socket that will connect. With port 0 the port is chosen by connect, which knows that ports
// of connections to different peers may be the same.
int bind(int descriptor, const endpoint& from) noexcept;

endpoint local_address(int descriptor) noexcept;
endpoint peer_address(int descriptor) noexcept;
int set_option(int descriptor, socket_option option, int value) noexcept;
int shutdown_write(int descriptor) noexcept;
// Nobody can connect from then on, and who was not accepted is reset. Of the socket itself: whoever
// shares it listens no more either.
void stop_listening(int descriptor) noexcept;

void close(int descriptor) noexcept;

}  // namespace nurt::io::detail

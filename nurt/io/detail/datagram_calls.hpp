// SPDX-License-Identifier: MIT
// nurt/io/detail/datagram_calls.hpp: the system calls of sockets that carry messages.
//
// None of them blocks, and results are what the call gave, or -errno.
#pragma once

#include <cstddef>
#include <string_view>

#include "nurt/io/datagram.hpp"

namespace nurt::io::detail {

// Throws os_error(errno, attempt).
int open_datagram_socket(const endpoint& at, const datagram_options& options,
                         std::string_view attempt);

// How many were received or sent, at least one; -EAGAIN when none can be at the moment.
int receive_datagrams(int descriptor, datagram* first, std::size_t count) noexcept;
int send_datagrams(int descriptor, const datagram* first, std::size_t count) noexcept;

// 0 or -errno. interface: its number, 0 lets the system choose.
int set_membership(int descriptor, bool member, const endpoint& group, unsigned interface) noexcept;

}  // namespace nurt::io::detail

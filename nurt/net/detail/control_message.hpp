// SPDX-License-Identifier: MIT
// nurt/net/detail/control_message.hpp: bytes of a Unix socket and what comes beside them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "nurt/io/descriptor.hpp"
#include "nurt/io/endpoint.hpp"

namespace nurt::detail {

inline constexpr std::size_t most_descriptors = 253;  // the kernel's limit for one message

// Throws usage_error when the socket is none of Unix (TCP takes descriptors and drops them), or when
// there are too many.
void check_descriptors(int socket, std::size_t count);

// Both never wait, and give bytes or -errno. An address of size 0: the peer.
std::int64_t send_message(int socket, std::span<const int> descriptors, std::string_view data,
                          const io::endpoint& to) noexcept;

struct process_identity {
    int pid;
    unsigned uid;
    unsigned gid;
};

struct received_message {
    std::vector<io::descriptor> descriptors;
    bool descriptors_truncated = false;  // more came than were asked for: all of them were closed
    bool data_truncated = false;
    io::endpoint sender;
    std::optional<process_identity> credentials;  // if the socket asks for them
};

// Allocates before it receives: what has been received always has an owner.
std::int64_t receive_message(int socket, std::span<char> to, std::size_t most,
                             received_message& result);

}  // namespace nurt::detail

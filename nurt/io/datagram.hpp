// SPDX-License-Identifier: MIT
// nurt/io/datagram.hpp: one message of a socket that carries messages, and how such a socket is made.
//
// Unlike bytes of a stream, messages keep their borders, may get lost and come from anybody.
#pragma once

#include <cstddef>

#include "nurt/io/endpoint.hpp"

namespace nurt::io {

// To be filled by receiving, or to be sent; the memory belongs to the caller. The address is only
// written as far as its size says, so slots that are used again cost nothing to prepare.
struct datagram {
    char* data = nullptr;
    std::size_t room = 0;    // bytes at data; for receiving
    std::size_t size = 0;    // bytes that arrived and are at data, or that are to be sent
    bool truncated = false;  // what arrived was longer than the room, and its rest is lost
    endpoint address;        // from whom, or to whom; size 0: the peer of a connected socket
};

// How a socket for datagrams is made.
struct datagram_options {
    bool bound = true;  // to the address given, which else tells the family only
    bool reuse_address =
        false;                // SO_REUSEADDR: several sockets may have the address, for multicast
    bool reuse_port = false;  // SO_REUSEPORT: what arrives is spread over those who share the port
};

}  // namespace nurt::io

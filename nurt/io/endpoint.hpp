// SPDX-License-Identifier: MIT
// nurt/io/endpoint.hpp: a socket address as the kernel takes it.
//
// Opaque at this level: the bytes of a sockaddr. nurt/net/address.hpp gives them a meaning.
#pragma once

#include <cstdint>

namespace nurt::io {

// Long enough for IPv4, IPv6 and Unix domain sockets. Size 0: no address.
struct endpoint {
    alignas(8) unsigned char bytes[128] = {};
    std::uint32_t size = 0;
};

}  // namespace nurt::io

// SPDX-License-Identifier: MIT
// nurt/http/limits.hpp: how much of a message's framing the parsers accept.
//
// Every number bounds memory or work that a stranger can cause. The defaults are a server's; a
// client reads answers with `client_limits`, since servers send longer heads than browsers do.
#pragma once

#include <cstdint>

namespace nurt::http {

// Limits of the parsers, in bytes unless said otherwise. Trivial, so that it may be written in
// place: `request_parser parser({.head = 4096});`
struct limits {
    // Request line and fields with their line ends; 431 above it. Trailers have the same limit.
    std::uint32_t head = 16 * 1024;
    // One line without its CR LF: 414 for the request line, 431 for a field.
    std::uint32_t line = 8 * 1024;
    // Number of fields; 431 above it.
    std::uint32_t fields = 100;
    // Extensions of one chunk; nobody uses them but to make servers work.
    std::uint32_t chunk_extension = 256;
    // Extensions of all chunks of one body.
    std::uint32_t chunk_extensions = 16 * 1024;
};

// What the client accepts from a server: 64 KiB of head, lines of 32 KiB, 256 fields.
inline constexpr limits client_limits{.head = 64 * 1024, .line = 32 * 1024, .fields = 256};

}  // namespace nurt::http

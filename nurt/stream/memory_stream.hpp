// SPDX-License-Identifier: MIT
// nurt/stream/memory_stream.hpp: two streams that are connected to each other, without a network.
//
// For tests, and for talking to code that wants a stream.
#pragma once

#include <cstddef>
#include <utility>

#include "nurt/stream/stream.hpp"

namespace nurt {

// What one writes the other reads. Each direction holds up to `capacity` bytes (not 0); a writer
// waits for room. Closing one end gives the other the end of the stream, and os_error(EPIPE) to its
// writes.
std::pair<stream, stream> memory_stream_pair(std::size_t capacity = 65536);

}  // namespace nurt

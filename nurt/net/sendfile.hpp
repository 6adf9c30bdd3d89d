// SPDX-License-Identifier: MIT
// nurt/net/sendfile.hpp: a file goes out over a stream without coming into the program.
#pragma once

#include <cstdint>

#include "nurt/core/coro.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

// Sends count bytes of the file from offset on, or all until its end, and gives how many went; fewer
// when the file is shorter. Between sockets and files of this machine the kernel copies; elsewhere
// (a stream in memory, a file that the kernel cannot send) they are read and written in pieces. The
// file's own position is not used and not moved. Reading a file that is not in memory blocks the
// loop.
//
// It is the stream's write: usage_error while another task writes, and for others while it runs.
// Cancelled after some bytes have gone, it leaves a stream that takes no further writes. The file
// and the stream's connection have to stay until it ends; the stream object may move.
// os_error: "send a file to 192.0.2.1:80: Broken pipe". Python: loop.sendfile.
coro<std::uint64_t> sendfile(stream& to, int file, std::uint64_t offset = 0,
                             std::uint64_t count = UINT64_MAX);

}  // namespace nurt

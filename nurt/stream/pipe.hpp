// SPDX-License-Identifier: MIT
// nurt/stream/pipe.hpp: one end of a pipe as a stream.
//
// A pipe goes one way, so half of such a stream works: reading from an end that is written, and the
// other way round, throws os_error(EBADF), as the kernel says it.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "nurt/stream/stream.hpp"

namespace nurt {

struct read_pipe_options {
    // Nobody else reads from it: what is there may be taken before it is asked for, which saves a
    // system call on io_uring, and is lost when the stream is closed.
    bool read_ahead = false;
};
static_assert(std::is_trivially_destructible_v<read_pipe_options>);

// Takes over the reading end of a pipe, or what reads like one: a FIFO, a terminal. From then on it
// does not block, for everybody who shares it, and closes with the stream; after an exception it is
// still the caller's. The name is for error messages. Python: loop.connect_read_pipe.
stream connect_read_pipe(int descriptor, std::string name = "a pipe",
                         read_pipe_options options = {});

// The same for the writing end. shutdown_write() closes it, since that is how the reader is told. A
// write that nobody will read throws os_error(EPIPE); no SIGPIPE is raised.
// Python: loop.connect_write_pipe.
stream connect_write_pipe(int descriptor, std::string name = "a pipe");

// A new pipe: what is written to the second can be read from the first. Its buffer is the kernel's,
// 64 KiB unless the machine is set up otherwise.
std::pair<stream, stream> open_pipe();

}  // namespace nurt

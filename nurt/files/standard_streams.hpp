// SPDX-License-Identifier: MIT
// nurt/files/standard_streams.hpp: standard input and output, without blocking the loop.
#pragma once

#include "nurt/stream/stream.hpp"

namespace nurt::files {

// Whatever they are: terminal, pipe, socket, file, /dev/null. A read that waits for a terminal or pipe can
// be cancelled, and does not keep the program from ending. What other programs share with us stays as it
// is: it does not become non-blocking for them. So does what std::cin has read already, and what
// std::cout still holds: use one or the other, or flush between them.
//
// Closing such a stream leaves descriptors 0, 1 and 2 open. A write to a pipe that nobody reads throws
// os_error(EPIPE); no SIGPIPE is raised. usage_error without a running loop, os_error when the descriptor
// is closed. Python: loop.connect_read_pipe(..., sys.stdin).
stream standard_input();
stream standard_output();
stream standard_error();

}  // namespace nurt::files

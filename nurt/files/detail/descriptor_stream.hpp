// SPDX-License-Identifier: MIT
// nurt/files/detail/descriptor_stream.hpp: streams over descriptors that others may share.
//
// O_NONBLOCK belongs to the open file and not to the descriptor: who sets it changes it for the shell and
// every other program that got the same terminal or pipe. So it is never set here.
#pragma once

#include <string>

#include "nurt/stream/stream.hpp"

namespace nurt::files::detail {

// Both take the descriptor over, unless they throw. The name is for error messages.
//
// Of a pipe, terminal, socket or device: waits until the kernel says that there is something, and then
// takes that. Reads can be cancelled at any time.
stream stream_of_pipe(int descriptor, std::string name);
// Of a file: at the position of the descriptor, which those who share it share.
stream stream_of_file(int descriptor, std::string name);

}  // namespace nurt::files::detail

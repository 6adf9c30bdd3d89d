// SPDX-License-Identifier: MIT
// nurt/files/detail/status_call.hpp: asking for the status of a path or a descriptor.
#pragma once

#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/files/file_status.hpp"

namespace nurt::files::detail {

// The error, if any, says "stat <name>".
coro<file_status> status_of_descriptor(int descriptor, std::string name);

}  // namespace nurt::files::detail

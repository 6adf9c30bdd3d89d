// SPDX-License-Identifier: MIT
// nurt/files/detail/status_call.hpp: asking for the status of an open file, and changing it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/files/detail/file_state.hpp"
#include "nurt/files/file_status.hpp"

namespace nurt::files::detail {

// The error, if any, says "stat <name>".
coro<file_status> status_of_descriptor(int descriptor, std::string name);

coro<void> set_permissions(std::shared_ptr<file_state> s, std::uint32_t permissions);
coro<void> set_owner(std::shared_ptr<file_state> s, std::int64_t user, std::int64_t group);
coro<void> set_times(std::shared_ptr<file_state> s, duration accessed, duration modified);

}  // namespace nurt::files::detail

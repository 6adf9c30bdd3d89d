// SPDX-License-Identifier: MIT
// nurt/net/detail/serve.hpp: how servers of every kind begin.
#pragma once

#include <cstddef>
#include <vector>

#include "nurt/net/server.hpp"

namespace nurt::detail {

// A server that accepts from these listeners, and runs at most so many handlers at once.
server serve(connection_handler handler, std::vector<listener> listeners, std::size_t connections);

}  // namespace nurt::detail

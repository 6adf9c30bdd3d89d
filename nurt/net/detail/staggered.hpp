// SPDX-License-Identifier: MIT
// nurt/net/detail/staggered.hpp: several addresses of one host, tried side by side but not at once.
//
// "Happy eyeballs", RFC 8305: an address that does not answer, usually all of one family behind a
// broken route, costs a quarter of a second instead of two minutes. Python: asyncio.staggered.
#pragma once

#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/net/address.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt::detail {

// The families in turns, that of the first address first; within each the order stays.
// RFC 8305 section 4.
std::vector<ip_address> interleaved(const std::vector<ip_address>& addresses);

// Fails with os_error.
using connect_attempt = unique_function<coro<stream>(ip_address)>;

// Starts an attempt, and the next one when that has failed or the delay is over, until one succeeds;
// the others are cancelled then, and have ended when this ends. exception_group with the errors of
// all, in the order of the addresses. There is at least one address.
coro<stream> first_connection(std::vector<ip_address> addresses, duration delay,
                              connect_attempt attempt);

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/net/detail/dns_message.hpp: reading the messages of name servers.
//
// Only what an answer consists of, without I/O. A message comes from the network, so nothing in it
// is believed: every length is checked, and a name may only point backwards. RFC 1035 section 4.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "nurt/net/detail/name_answer.hpp"

namespace nurt::detail {

// The records of this type (not address) in the message, empty if there are none; nothing when it is
// malformed. Mail exchangers are sorted by preference. The time to live is the shortest of all
// records in the answer, aliases on the way included.
std::optional<name_answer> parse_dns_answer(record_type type,
                                            std::span<const unsigned char> message);

// The name under which the names of an address are found: "1.2.0.192.in-addr.arpa" (RFC 1035 3.5),
// and for IPv6 the digits of ip6.arpa (RFC 3596 2.5).
std::string reverse_name(const ip_address& address);

}  // namespace nurt::detail

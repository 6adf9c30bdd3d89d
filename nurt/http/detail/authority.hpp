// SPDX-License-Identifier: MIT
// nurt/http/detail/authority.hpp: host[:port], as in Host and in URLs.
//
// Stricter than RFC 3986: a host is an IPv6 literal in brackets or a name of letters, digits and
// "-._~". Sub-delimiters and percent-escapes are legal in a URI but in no name that anybody can
// look up, and a comma is what two merged Host fields look like.
#pragma once

#include <string_view>

namespace nurt::http::detail {

struct authority {
    std::string_view host;  // without brackets
    int port = -1;          // -1: none, or an empty one
    bool ipv6 = false;
};

// Splits `text`; returns why it is no host[:port], or nullptr if it is one.
const char* split_authority(std::string_view text, authority& result) noexcept;

// Why `name` cannot be looked up, or nullptr: length, labels, and a numeric name that is not a
// dotted quad, which resolvers read in surprising ways ("127.1", "0x7f.1").
const char* check_host_name(std::string_view name) noexcept;

// True for the text of an IPv6 address without zone.
bool is_ipv6(std::string_view text) noexcept;

}  // namespace nurt::http::detail

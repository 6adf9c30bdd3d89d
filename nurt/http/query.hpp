// SPDX-License-Identifier: MIT
// nurt/http/query.hpp: percent-encoding, paths and query strings.
//
// Everything is encoded once and decoded once. Source: RFC 3986 section 2, and for queries the
// application/x-www-form-urlencoded form that browsers send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurt::http {

// Every byte but letters, digits and "-._~" as %XX, as needed for one path segment or value.
std::string percent_encode(std::string_view text);

// The opposite. nullopt if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

// Decodes a path but for %2F and %00, which stay as they are: an escaped slash is a part of its
// segment and a NUL has no place in a file name. nullopt as for percent_decode.
std::optional<std::string> decode_path(std::string_view path);

// Names and values in the order of the query; a name may occur more than once.
using query_params = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=c+d" to names and values. '+' is a space; a '%' without two hexadecimal digits stands for
// itself; empty parts are skipped; a part without '=' has the empty value.
query_params parse_query(std::string_view query);

// Appends "name=value", encoded, with '&' before it if `query` is not empty.
void append_param(std::string& query, std::string_view name, std::string_view value);

}  // namespace nurt::http

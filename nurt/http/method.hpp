// SPDX-License-Identifier: MIT
// nurt/http/method.hpp: what the method of a request promises.
//
// Methods are case-sensitive tokens and stay text: a server may see any token. Source: RFC 9110
// section 9.2.
#pragma once

#include <string_view>

namespace nurt::http {

// True if a request with this method asks for no change on the server.
constexpr bool is_safe(std::string_view method) noexcept {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

// True if sending the request twice has the effect of sending it once, so that it may be repeated
// after a connection broke.
constexpr bool is_idempotent(std::string_view method) noexcept {
    return is_safe(method) || method == "PUT" || method == "DELETE";
}

// True if a request with this method usually has a body, and therefore says `Content-Length: 0`
// when it has none.
constexpr bool expects_body(std::string_view method) noexcept {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace nurt::http

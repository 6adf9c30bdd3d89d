// SPDX-License-Identifier: MIT
// cli/httpbin/echo.hpp: a request as JSON.
#pragma once

#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/http/request.hpp"
#include "nurt/json/value.hpp"

namespace nurt::cli {

// What an answer tells of a request.
struct echo_parts {
    bool body = false;  // form, data, files
    bool json = false;
    bool method = false;
};

// args, headers, origin, url, and the parts. Reads the body if it is one of them.
coro<json::object> echo(http::request& request, echo_parts parts);

// Field names in Title-Case, without those that proxies add unless ?show_env is there.
json::object echo_headers(const http::request& request);

// The client's address, or what X-Forwarded-For says.
std::string echo_origin(const http::request& request);

}  // namespace nurt::cli

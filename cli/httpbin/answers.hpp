// SPDX-License-Identifier: MIT
// cli/httpbin/answers.hpp: what each route of httpbin answers.
#pragma once

#include <string>
#include <string_view>

#include "nurt/core/coro.hpp"
#include "nurt/http/reply.hpp"
#include "nurt/http/request.hpp"

namespace nurt::cli {

// rest: the path behind the route, decoded: "5" of /bytes/5.
using answer_function = coro<http::reply> (*)(http::request& request, std::string rest);

coro<http::reply> answer_get(http::request& request, std::string rest);
coro<http::reply> answer_body(http::request& request, std::string rest);
coro<http::reply> answer_anything(http::request& request, std::string rest);
coro<http::reply> answer_headers(http::request& request, std::string rest);
coro<http::reply> answer_ip(http::request& request, std::string rest);
coro<http::reply> answer_user_agent(http::request& request, std::string rest);
coro<http::reply> answer_uuid(http::request& request, std::string rest);
coro<http::reply> answer_delay(http::request& request, std::string rest);
coro<http::reply> answer_status(http::request& request, std::string rest);
coro<http::reply> answer_bytes(http::request& request, std::string rest);
coro<http::reply> answer_stream(http::request& request, std::string rest);

// A page with the status as title.
http::reply error_page(int status, std::string_view text);

}  // namespace nurt::cli

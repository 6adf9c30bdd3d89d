// SPDX-License-Identifier: MIT
// nurt/http/blocking.hpp: requests for plain code, which waits until they are done.
//
//     const auto r = http::get("http://127.0.0.1:8000/get");
//     std::puts(r.raise_for_status().text().c_str());
//
// Each call works on a loop of its own on the calling thread, so any number of threads may call at
// the same time. Inside a running loop the whole loop would wait: usage_error; there http::client is
// the right thing. Python: requests, httpx.get.
#pragma once

#include "nurt/http/client_options.hpp"
#include "nurt/http/response.hpp"

#include <string_view>

namespace nurt::http {

// Errors, timeouts and defaults are those of http::client.
response request(std::string_view method, std::string_view url, request_options options = {});

response get(std::string_view url, request_options options = {});
response head(std::string_view url, request_options options = {});
response post(std::string_view url, request_options options = {});
response put(std::string_view url, request_options options = {});
response patch(std::string_view url, request_options options = {});
response del(std::string_view url, request_options options = {});

}  // namespace nurt::http

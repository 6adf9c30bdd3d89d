// SPDX-License-Identifier: MIT
// cli/httpbin/httpbin.hpp: a server that tells what it was asked.
//
// The part of httpbin.org that programs are tried against, on one's own machine. Source: the
// behaviour of httpbin 0.7 to 0.10.
#pragma once

#include <cstdint>
#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/http/reply.hpp"
#include "nurt/http/request.hpp"

namespace nurt::cli {

// The handler for http::start_server: /get /post /put /patch /delete /anything[/...] /delay/{n}
// /status/{codes} /headers /ip /user-agent /uuid /bytes/{n} /stream/{n}.
coro<http::reply> httpbin(http::request& request);

// Serves until Ctrl-C. Port 0 takes a free one; the address is printed. Gives the exit code:
// 0; 1 if it cannot listen there.
int run_httpbin(const std::string& host, std::uint16_t port);

}  // namespace nurt::cli

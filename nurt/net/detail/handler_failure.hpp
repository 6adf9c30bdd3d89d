// SPDX-License-Identifier: MIT
// nurt/net/detail/handler_failure.hpp: what becomes of the error that leaves a connection's handler.
#pragma once

namespace nurt::detail {

// In a catch block: tells the exception handler of the running loop of the error.
void report_error(const char* message);

// In a catch block: the error of a handler, unless it is that somebody closed the stream under it, on
// purpose.
void report_handler_failure();

}  // namespace nurt::detail

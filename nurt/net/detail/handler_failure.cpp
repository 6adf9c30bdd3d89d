// SPDX-License-Identifier: MIT
// nurt/net/detail/handler_failure.cpp: see the header.
#include "nurt/net/detail/handler_failure.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

#include <cerrno>
#include <exception>

namespace nurt::detail {

void report_error(const char* message) {
    error_context context;
    context.message = message;
    context.error = std::current_exception();
    event_loop::running().call_exception_handler(context);
}

void report_handler_failure() {
    try {
        throw;
    } catch (const os_error& e) {
        if (e.number() == ECANCELED) {
            return;
        }
    } catch (const std::exception&) {  // reported below, with the others
    }
    report_error("unhandled error in the handler of a connection");
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/net/hand_over.cpp: see the header.
#include "nurt/net/hand_over.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/handler_failure.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/threads/run_coroutine_threadsafe.hpp"

#include <exception>
#include <utility>

namespace nurt {

namespace {

coro<void> serve_here(released_socket socket, connection_handler handler) {
    try {
        stream s = adopt_socket(std::move(socket));
        co_await handler(std::move(s));
    } catch (const cancelled_error&) {
        throw;
    } catch (const std::exception&) {
        detail::report_handler_failure();
    }
}

}  // namespace

bool hand_over(stream s, event_loop& to, connection_handler handler) {
    released_socket socket = release_socket(std::move(s));
    try {
        static_cast<void>(
            run_coroutine_threadsafe(to, serve_here, std::move(socket), std::move(handler)));
    } catch (const usage_error&) {  // the loop is closed
        return false;
    }
    return true;
}

}  // namespace nurt

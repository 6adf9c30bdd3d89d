// SPDX-License-Identifier: MIT
// Timeouts around requests, whatever the client's own limits are.
#include "nurt/http/client.hpp"

#include "nurt/core/timeout.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/server.hpp"
#include "tests/support/in_loop.hpp"

#include <string>

using nurt::coro;
using nurt::event_loop;
using nurt::seconds;
using nurt_test::in_sim;

namespace {

// The error of a request that has a second, and how long that took.
coro<std::string> ended_by_scope(std::string url, nurt::duration& took) {
    nurt::http::client client;
    const nurt::instant begin = event_loop::running().time();
    std::string said = "none";
    try {
        co_await nurt::wait_for(client.get(url), seconds(1));
    } catch (const nurt::http::http_error&) {
        said = "a limit of the client";
    } catch (const nurt::timeout_error&) {
        said = "the scope";
    }
    took = event_loop::running().time() - begin;
    co_return said;
}

}  // namespace

TEST_CASE("a timeout around a request ends it while it connects") {
    in_sim(
        []() -> coro<void> {
            nurt::duration took;
            const std::string said = co_await ended_by_scope("http://127.0.0.1:80/", took);
            CHECK(said == "the scope");
            CHECK(took == seconds(1));
        },
        {.latency = seconds(3), .jitter = {}});
}

TEST_CASE("a timeout around a request ends it while it waits for the answer") {
    in_sim([]() -> coro<void> {
        auto silent = co_await nurt::start_server(
            [](nurt::stream s) -> coro<void> { co_await s.read_all(); }, "127.0.0.1", 8000);
        nurt::duration took;
        const std::string said = co_await ended_by_scope("http://127.0.0.1:8000/", took);
        CHECK(said == "the scope");
        CHECK(took == seconds(1));
    });
}

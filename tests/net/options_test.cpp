// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/server.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>
#include <string>
#include <utility>

using nurt::connect;
using nurt::coro;
using nurt::listen;
using nurt::socket_address;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

TEST_CASE("a connection comes from the address that it was given") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 7000);
        const auto from = socket_address::parse("127.0.0.2:5000");
        const stream s = co_await connect("127.0.0.1", 7000, {.local_address = from});
        const stream served = co_await listener.accept();
        CHECK(served.peer_name() == "127.0.0.2:5000");
        CHECK(socket_address::from(s.local_endpoint()) == from);
    });
}

TEST_CASE("a local address without a port takes a free one") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 7000);
        const auto from = socket_address::parse("127.0.0.2:0");
        const stream s = co_await connect("127.0.0.1", 7000, {.local_address = from});
        const auto local = socket_address::from(s.local_endpoint());
        REQUIRE(local);
        CHECK(local->ip() == from->ip());
        CHECK(local->port() != 0);
    });
}

TEST_CASE("only addresses of the local address's family are tried") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 7000);
        const auto six = socket_address::parse("[::1]:0");
        const auto refused =
            co_await error_of<nurt::os_error>(connect("localhost", 7000, {.local_address = six}));
        CHECK(std::string(refused.what()) == "connect [::1]:7000: Connection refused");
        const auto none =
            co_await error_of<nurt::os_error>(connect("127.0.0.1", 7000, {.local_address = six}));
        CHECK(std::string(none.what()) ==
              "connect 127.0.0.1:7000 from [::1]:0: Address family not supported by protocol");
    });
}

TEST_CASE("a local port that is taken is an error that names it") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 7000);
        const auto from = listener.address();
        const auto e =
            co_await error_of<nurt::os_error>(connect("127.0.0.1", 7000, {.local_address = from}));
        CHECK(std::string(e.what()) ==
              "connect 127.0.0.1:7000 from 127.0.0.1:7000: Address already in use");
    });
}

TEST_CASE("listeners that share a port both get connections") {
    in_sim([]() -> coro<void> {
        int answered[2] = {};
        auto count = [](int& n) {
            return [&n](stream) -> coro<void> {
                ++n;
                co_return;
            };
        };
        auto one = co_await nurt::start_server(count(answered[0]), "127.0.0.1", 7000,
                                               {.reuse_port = true});
        auto two = co_await nurt::start_server(count(answered[1]), "127.0.0.1", 7000,
                                               {.reuse_port = true});
        for (int i = 0; i < 40; ++i) {
            stream s = co_await connect("127.0.0.1", 7000);
            co_await s.read_all();
        }
        CHECK(answered[0] + answered[1] == 40);
        CHECK(answered[0] != 0);
        CHECK(answered[1] != 0);
        co_await error_of<nurt::os_error>(listen("127.0.0.1", 7000));
    });
}

TEST_CASE("more clients than the backlog holds wait until somebody is accepted") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 7000, {.backlog = 1});
        const stream first = co_await connect("127.0.0.1", 7000);
        auto second = nurt::create_task(connect("127.0.0.1", 7000));
        co_await nurt::sleep(nurt::milliseconds(500));
        CHECK_FALSE(second.done());
        const stream accepted = co_await listener.accept();
        const stream connected = co_await std::move(second);
        CHECK_FALSE(connected.is_closed());
    });
}

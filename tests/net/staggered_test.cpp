// SPDX-License-Identifier: MIT
// The numbers retell Lib/test/test_asyncio/test_staggered.py and test_base_events.py.
#include "nurt/net/detail/staggered.hpp"

#include "nurt/core/exception_group.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>
#include <map>
#include <string>
#include <vector>

using nurt::connect;
using nurt::coro;
using nurt::ip_address;
using nurt::listen;
using nurt::milliseconds;
using nurt::seconds;
using nurt::stream;
using nurt::detail::first_connection;
using nurt::detail::interleaved;
using nurt_test::error_of;
using nurt_test::in_loop;
using nurt_test::in_sim;

namespace {

ip_address four(std::uint8_t n) {
    return ip_address::v4(192, 0, 2, n);
}

ip_address six(std::uint8_t n) {
    const std::uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n};
    return ip_address::v6(bytes);
}

// Addresses that answer or fail after a while, and a diary in milliseconds.
struct fake_network {
    struct host {
        nurt::duration after;
        int error = 0;
    };

    nurt::detail::connect_attempt attempt() {
        return [this](ip_address ip) { return connect_to(ip); };
    }
    coro<stream> connect_to(ip_address ip) {
        note("try", ip);
        const host there = hosts.at(ip);
        bool in_time = false;
        try {
            co_await nurt::sleep(there.after);
            in_time = true;
        } catch (...) {
            note("stop", ip);
            throw;
        }
        if (in_time && there.error != 0) {
            throw nurt::os_error(there.error, ip.to_string());
        }
        auto [here, far] = nurt::memory_stream_pair();
        note("connected", ip);
        co_return std::move(here);
    }
    void note(const std::string& what, ip_address ip) {
        const auto ms = (nurt::event_loop::running().time() - begin).count() / 1'000'000;
        diary += what + ' ' + std::to_string(ip.data()[ip.size() - 1]) + " at " +
                 std::to_string(ms) + '\n';
    }

    std::map<ip_address, host> hosts;
    std::string diary;
    nurt::instant begin = nurt::event_loop::running().time();
};

// A listener at which nobody is accepted any more: who connects there waits for minutes.
struct silent_host {
    nurt::listener listener;
    stream waiting;
};

coro<silent_host> be_silent(std::string ip, std::uint16_t port) {
    silent_host host;
    host.listener = co_await listen(ip, port, {.backlog = 1});
    host.waiting = co_await connect(ip, port);
    co_return host;
}

}  // namespace

TEST_CASE("S166: families take turns, and the first address stays the first") {
    const std::vector<ip_address> mixed{six(1), six(2), six(3), four(4), four(5)};
    CHECK(interleaved(mixed) == std::vector<ip_address>{six(1), four(4), six(2), four(5), six(3)});
    const std::vector<ip_address> alike{four(1), four(2)};
    CHECK(interleaved(alike) == alike);
    CHECK(interleaved({}).empty());
}

TEST_CASE("S166: the next address is tried when the last has been silent for the delay") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {seconds(100)}}, {four(2), {milliseconds(10)}}, {six(3), {{}}}};
        const std::vector<ip_address> order{six(1), four(2), six(3)};
        const stream s = co_await first_connection(order, milliseconds(250), net.attempt());
        CHECK_FALSE(s.is_closed());
        CHECK(net.diary == "try 1 at 0\ntry 2 at 250\nconnected 2 at 260\nstop 1 at 260\n");
    });
}

TEST_CASE("S166: the next address is tried at once when the last has failed") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {milliseconds(5), ECONNREFUSED}}, {four(2), {milliseconds(10)}}};
        const std::vector<ip_address> order{six(1), four(2)};
        const stream s = co_await first_connection(order, milliseconds(250), net.attempt());
        CHECK(net.diary == "try 1 at 0\ntry 2 at 5\nconnected 2 at 15\n");
    });
}

TEST_CASE("S166: a failure of an earlier address does not hurry the next") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {milliseconds(300), ECONNREFUSED}},
                     {four(2), {seconds(100)}},
                     {six(3), {milliseconds(1)}}};
        const std::vector<ip_address> order{six(1), four(2), six(3)};
        const stream s = co_await first_connection(order, milliseconds(250), net.attempt());
        CHECK(net.diary ==
              "try 1 at 0\ntry 2 at 250\ntry 3 at 500\nconnected 3 at 501\nstop 2 at 501\n");
    });
}

TEST_CASE("S166: an early address may still win after others were started") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {milliseconds(260)}}, {four(2), {milliseconds(100)}}};
        const std::vector<ip_address> order{six(1), four(2)};
        const stream s = co_await first_connection(order, milliseconds(250), net.attempt());
        CHECK(net.diary == "try 1 at 0\ntry 2 at 250\nconnected 1 at 260\nstop 2 at 260\n");
    });
}

TEST_CASE("S166: all failures are reported, in the order of the addresses") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {milliseconds(300), ETIMEDOUT}}, {four(2), {{}, ECONNREFUSED}}};
        const std::vector<ip_address> order{six(1), four(2)};
        const auto e = co_await error_of<nurt::exception_group>(
            first_connection(order, milliseconds(250), net.attempt()));
        REQUIRE(e.errors().size() == 2);
        CHECK_THROWS_WITH(std::rethrow_exception(e.errors()[0]),
                          "2001:db8::1: Connection timed out");
        CHECK_THROWS_WITH(std::rethrow_exception(e.errors()[1]), "192.0.2.2: Connection refused");
    });
}

TEST_CASE("a cancelled connect ends every attempt") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {seconds(100)}}, {four(2), {seconds(100)}}};
        const std::vector<ip_address> order{six(1), four(2)};
        auto connecting =
            nurt::create_task(first_connection(order, milliseconds(250), net.attempt()));
        co_await nurt::sleep(seconds(1));
        connecting.cancel();
        co_await nurt::sleep(seconds(1));
        CHECK(connecting.cancelled());
        CHECK(net.diary == "try 1 at 0\ntry 2 at 250\nstop 1 at 1000\nstop 2 at 1000\n");
    });
}

TEST_CASE("two addresses that answer in the same moment give one connection") {
    in_sim([]() -> coro<void> {
        fake_network net;
        net.hosts = {{six(1), {milliseconds(300)}}, {four(2), {milliseconds(50)}}};
        const std::vector<ip_address> order{six(1), four(2)};
        const stream s = co_await first_connection(order, milliseconds(250), net.attempt());
        CHECK_FALSE(s.is_closed());
        CHECK(net.begin + milliseconds(300) == nurt::event_loop::running().time());
    });
}

TEST_CASE("a silent address costs a connection the delay and no more") {
    in_sim([]() -> coro<void> {
        const auto silent = co_await be_silent("127.0.0.1", 7000);
        auto listener = co_await listen("::1", 7000);
        auto& loop = nurt::event_loop::running();
        const auto before = loop.time();
        const stream s = co_await connect("localhost", 7000);
        CHECK(s.peer_name() == "[::1]:7000");
        CHECK(loop.time() - before == milliseconds(250));
        const auto again = loop.time();
        const stream t = co_await connect("localhost", 7000, {.attempt_delay = milliseconds(30)});
        CHECK(loop.time() - again == milliseconds(30));
    });
}

TEST_CASE("without staggering a silent address is waited for") {
    in_sim([]() -> coro<void> {
        const auto silent = co_await be_silent("127.0.0.1", 7000);
        auto listener = co_await listen("::1", 7000);
        auto& loop = nurt::event_loop::running();
        const auto before = loop.time();
        const stream s =
            co_await connect("localhost", 7000, {.attempt_delay = nurt::duration::max()});
        CHECK(s.peer_name() == "[::1]:7000");
        CHECK(loop.time() - before > seconds(100));
    });
}

TEST_CASE("the losers of a connect leave no descriptor behind") {
    in_sim([]() -> coro<void> {
        const auto silent = co_await be_silent("127.0.0.1", 7000);
        auto listener = co_await listen("::1", 7000);
        stream s = co_await connect("localhost", 7000);
        CHECK(nurt::event_loop::running().backend().in_flight() == 0);
    });
}

TEST_CASE("connect gives every error when it is asked for all") {
    in_sim([]() -> coro<void> {
        const auto e =
            co_await error_of<nurt::exception_group>(connect("localhost", 9, {.all_errors = true}));
        REQUIRE(e.errors().size() == 2);
        CHECK_THROWS_WITH(std::rethrow_exception(e.errors()[1]),
                          "connect [::1]:9: Connection refused");
        const auto one =
            co_await error_of<nurt::exception_group>(connect("127.0.0.1", 9, {.all_errors = true}));
        CHECK(one.errors().size() == 1);
    });
}

// SPDX-License-Identifier: MIT
#include "nurt/net/tcp.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/resolver.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>

using nurt::connect;
using nurt::coro;
using nurt::listen;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

// A connection to ourselves.
coro<std::pair<stream, stream>> connected_pair() {
    auto listener = co_await listen("127.0.0.1", 0);
    stream client = co_await connect("127.0.0.1", listener.port());
    stream served = co_await listener.accept();
    co_return std::pair<stream, stream>(std::move(client), std::move(served));
}

coro<nurt::stream> accept_from(nurt::listener& l) {
    co_return co_await l.accept();
}

}  // namespace

TEST_CASE("a client and a server exchange bytes") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        co_await client.write("ping\n");
        const std::string question = co_await served.readline();
        CHECK(question == "ping\n");
        co_await served.write("pong\n");
        const std::string answer = co_await client.readline();
        CHECK(answer == "pong\n");
    });
}

TEST_CASE("each end knows the other's address") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        using nurt::socket_address;
        CHECK(socket_address::from(client.local_endpoint()) ==
              socket_address::from(served.peer_endpoint()));
        CHECK(socket_address::from(client.peer_endpoint()) ==
              socket_address::from(served.local_endpoint()));
        CHECK(served.peer_name() == socket_address::from(client.local_endpoint())->to_string());
    });
}

TEST_CASE("a refused connection says what was tried") {
    in_sim([]() -> coro<void> {
        const auto e = co_await error_of<nurt::os_error>(connect("127.0.0.1", 9));
        CHECK(std::string_view(e.what()) == "connect 127.0.0.1:9: Connection refused");
    });
}

TEST_CASE("connect tries every address of a name and tells how each failed") {
    in_sim([]() -> coro<void> {
        const auto e = co_await error_of<nurt::os_error>(connect("localhost", 9));
        CHECK(std::string_view(e.what()) ==
              "connect localhost:9 (127.0.0.1: Connection refused, ::1: Connection refused): "
              "Connection refused");
    });
}

TEST_CASE("connect goes on to the next address when one does not answer") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("::1", 7000);
        const stream client = co_await connect("localhost", 7000);
        CHECK(client.peer_name() == "[::1]:7000");
    });
}

TEST_CASE("a port in use is an error that names it") {
    in_sim([]() -> coro<void> {
        auto first = co_await listen("127.0.0.1", 8080);
        const auto e = co_await error_of<nurt::os_error>(listen("127.0.0.1", 8080));
        CHECK(std::string_view(e.what()) == "listen 127.0.0.1:8080: Address already in use");
    });
}

TEST_CASE("a name that is not known is an error that names it") {
    in_sim([]() -> coro<void> {
        const auto e = co_await error_of<nurt::resolve_error>(connect("no.such.name", 80));
        CHECK(std::string_view(e.what()) == "resolve no.such.name: Domain name not found");
    });
}

TEST_CASE("connect gives up after its timeout") {
    nurt::sim::faults slow;
    slow.latency = nurt::seconds(60);
    auto body = []() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 8080);
        auto& loop = nurt::event_loop::running();
        const auto before = loop.time();
        const auto e = co_await error_of<nurt::timeout_error>(
            connect("127.0.0.1", 8080, {.timeout = nurt::seconds(3)}));
        CHECK(std::string_view(e.what()) == "connect 127.0.0.1:8080: timed out");
        CHECK(loop.time() - before == nurt::seconds(3));
    };
    in_sim(body, slow);
}

TEST_CASE("a second accept at the same time is refused") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 0);
        auto first = nurt::create_task(accept_from, std::ref(listener));
        co_await nurt::sleep(nurt::seconds(1));
        co_await error_of<nurt::usage_error>(accept_from(listener));
        first.cancel();
    });
}

TEST_CASE("a cancelled accept loses no connection") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 0);
        auto first = nurt::create_task(accept_from, std::ref(listener));
        co_await nurt::sleep(nurt::seconds(1));
        first.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(first.cancelled());
        stream client = co_await connect("127.0.0.1", listener.port());
        stream served = co_await listener.accept();
        co_await client.write("x");
        const std::string text = co_await served.read(1);
        CHECK(text == "x");
    });
}

TEST_CASE("closing a listener ends the accept of another task") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 0);
        auto first = nurt::create_task(accept_from, std::ref(listener));
        co_await nurt::sleep(nurt::seconds(1));
        listener.close();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(first.done());
        CHECK_THROWS_WITH_AS(first.result(), "accept: Operation canceled", nurt::os_error);
        co_await error_of<nurt::usage_error>(accept_from(listener));
    });
}

TEST_CASE("a cancelled connect leaves nothing behind") {
    in_sim([]() -> coro<void> {
        auto listener = co_await listen("127.0.0.1", 8080);
        auto connecting = nurt::create_task(connect("127.0.0.1", 8080));
        co_await nurt::sleep(nurt::seconds(0));
        connecting.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(connecting.cancelled());
        CHECK(nurt::event_loop::running().backend().in_flight() == 0);
    });
}

TEST_CASE("bytes arrive whole and in order over a network that tears them apart") {
    nurt::sim::faults rough;
    rough.latency = nurt::milliseconds(5);
    rough.jitter = nurt::milliseconds(20);
    rough.short_reads = rough.short_writes = 0.5;
    auto body = []() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        std::string sent;
        for (int i = 0; sent.size() < 300'000; ++i) {
            sent += std::to_string(i) + ' ';
        }
        auto writing = nurt::create_task(
            [](stream& s, std::string& text) -> coro<void> {
                co_await s.write(text);
                s.shutdown_write();
            },
            std::ref(client), std::ref(sent));
        const std::string received = co_await served.read_all();
        CHECK(received == sent);
        co_await writing;
    };
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        in_sim(body, rough, seed);
    }
}

TEST_CASE("a reset in the middle is an error of both ends") {
    nurt::sim::faults rough;
    rough.reset_after = 1000;
    auto body = []() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        co_await client.write(std::string(1000, 'x'));
        co_await error_of<nurt::os_error>(served.readexactly(2000));
        const auto e = co_await error_of<nurt::os_error>(client.readexactly(1));
        CHECK(e.number() == ECONNRESET);
    };
    in_sim(body, rough);
}

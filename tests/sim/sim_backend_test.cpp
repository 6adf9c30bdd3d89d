// SPDX-License-Identifier: MIT
#include "nurt/sim/sim_backend.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sim/run.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>
#include <string>
#include <vector>

using nurt::coro;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

nurt::instant now() {
    return nurt::event_loop::running().time();
}

coro<void> echo(stream s) {
    for (std::string text = co_await s.read(1000); !text.empty(); text = co_await s.read(1000)) {
        co_await s.write(text);
    }
}

coro<std::string> ask(std::string question) {
    stream s = co_await nurt::open_connection("127.0.0.1", 7000);
    co_await s.write(question);
    s.shutdown_write();
    co_return co_await s.read_all();
}

}  // namespace

TEST_CASE("time passes only by waiting") {
    in_sim([]() -> coro<void> {
        const auto before = now();
        co_await nurt::sleep(nurt::hours(1000));
        CHECK(now() - before == nurt::hours(1000));
    });
}

TEST_CASE("everybody waiting for ever is a deadlock") {
    auto body = []() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await b.read(1);
    };
    CHECK_THROWS_AS(nurt::sim::run(1, body()), nurt::sim::deadlock);
}

TEST_CASE("a deadlock tells how many operations wait") {
    auto body = []() -> coro<void> {
        auto listener = co_await nurt::listen("127.0.0.1", 7000);
        co_await listener.accept();
    };
    CHECK_THROWS_WITH_AS(nurt::sim::run(1, body()),
                         "deadlock: 1 operations wait, and nothing can ever complete them",
                         nurt::sim::deadlock);
}

TEST_CASE("latency is added to each way") {
    nurt::sim::faults far;
    far.latency = nurt::milliseconds(50);
    auto body = []() -> coro<void> {
        auto server = co_await nurt::start_server(echo, "127.0.0.1", 7000);
        stream s = co_await nurt::open_connection("127.0.0.1", 7000);
        const auto before = now();
        co_await s.write("x");
        CHECK(now() == before);
        co_await s.readexactly(1);
        CHECK(now() - before == nurt::milliseconds(100));
    };
    in_sim(body, far);
}

TEST_CASE("jitter never lets bytes overtake each other") {
    nurt::sim::faults shaky;
    shaky.jitter = nurt::seconds(1);
    auto body = []() -> coro<void> {
        auto server = co_await nurt::start_server(echo, "127.0.0.1", 7000);
        stream s = co_await nurt::open_connection("127.0.0.1", 7000);
        std::string sent;
        for (char c = 'a'; c <= 'z'; ++c) {
            co_await s.write(std::string_view(&c, 1));
            sent += c;
        }
        const std::string received = co_await s.readexactly(26);
        CHECK(received == sent);
    };
    in_sim(body, shaky);
}

TEST_CASE("a full backlog makes the next client wait and not fail") {
    in_sim([]() -> coro<void> {
        auto listener = co_await nurt::listen("127.0.0.1", 7000, {.backlog = 1});
        stream first = co_await nurt::connect("127.0.0.1", 7000);
        auto second = nurt::create_task(nurt::connect("127.0.0.1", 7000));
        co_await nurt::sleep(nurt::milliseconds(10));
        CHECK_FALSE(second.done());
        const stream accepted = co_await listener.accept();
        co_await nurt::sleep(nurt::seconds(2));
        CHECK(second.done());
    });
}

TEST_CASE("a backlog that stays full ends in a timeout") {
    in_sim([]() -> coro<void> {
        auto listener = co_await nurt::listen("127.0.0.1", 7000, {.backlog = 1});
        stream first = co_await nurt::connect("127.0.0.1", 7000);
        const auto before = now();
        const auto e = co_await error_of<nurt::os_error>(nurt::connect("127.0.0.1", 7000));
        CHECK(std::string_view(e.what()) == "connect 127.0.0.1:7000: Connection timed out");
        CHECK(now() - before == nurt::seconds(127));
    });
}

TEST_CASE("writing to a peer that has closed works once and then fails") {
    in_sim([]() -> coro<void> {
        auto listener = co_await nurt::listen("127.0.0.1", 7000);
        stream client = co_await nurt::connect("127.0.0.1", 7000);
        {
            const stream gone = co_await listener.accept();
        }
        co_await nurt::sleep(nurt::seconds(1));
        co_await client.write("into the void");
        co_await nurt::sleep(nurt::seconds(1));
        auto write = [](stream& s) -> coro<void> { co_await s.write("again"); };
        const auto e = co_await error_of<nurt::os_error>(write(client));
        CHECK(e.number() == ECONNRESET);
    });
}

TEST_CASE("hosts give the simulation its names") {
    auto parts = nurt::sim::make_services();
    static_cast<nurt::sim::hosts&>(*parts.resolver)
        .add("db.example", *nurt::ip_address::parse("127.0.0.7"));
    auto body = []() -> coro<void> {
        auto listener = co_await nurt::listen("127.0.0.7", 5432);
        const stream s = co_await nurt::connect("db.example", 5432);
        CHECK(s.peer_name() == "127.0.0.7:5432");
    };
    nurt_test::in_loop(std::move(parts), body);
}

namespace {

// The order in which some clients over a bad network get their answers.
std::string trace(std::uint64_t seed) {
    nurt::sim::faults bad;
    bad.jitter = nurt::milliseconds(10);
    bad.short_reads = bad.short_writes = 0.5;
    auto body = []() -> coro<std::string> {
        auto server = co_await nurt::start_server(echo, "127.0.0.1", 7000);
        std::string order;
        auto client = [](int number, std::string& log) -> coro<void> {
            co_await ask("some question");
            log += std::to_string(number) + '@' + std::to_string(now().count()) + ' ';
        };
        std::vector<nurt::task<void>> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(nurt::create_task(client, i, std::ref(order)));
        }
        for (auto& each : clients) {
            co_await each;
        }
        co_return order;
    };
    return nurt::sim::run(seed, body(), bad);
}

}  // namespace

TEST_CASE("the same seed repeats a run exactly") {
    CHECK(trace(7) == trace(7));
    CHECK(trace(8) == trace(8));
}

TEST_CASE("another seed is another run") {
    CHECK(trace(7) != trace(8));
}

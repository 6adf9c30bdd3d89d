// SPDX-License-Identifier: MIT
// tests/real/memory_limit_test.cpp: a loop that holds more than it may.
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/buffer_memory.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/statistics.hpp"
#include "nurt/net/server.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/found.hpp"
#include "tests/support/in_loop.hpp"

using namespace nurt;

namespace {

constexpr std::size_t limit = 8 * 1024 * 1024;

loop_statistics now() {
    return event_loop::running().statistics();
}

// Bytes that somebody has received and does not use.
class ballast {
public:
    explicit ballast(std::size_t bytes) : bytes_(bytes) { nurt::detail::count_buffer(0, bytes_); }
    ballast(const ballast&) = delete;
    ballast& operator=(const ballast&) = delete;
    ~ballast() { nurt::detail::count_buffer(bytes_, 0); }

private:
    std::size_t bytes_;
};

coro<> echo(stream s) {
    char buffer[1024];
    for (;;) {
        const std::size_t n = co_await s.read_some(buffer);
        if (n == 0) co_return;
        co_await s.write(std::string_view(buffer, n));
    }
}

// Milliseconds that so many questions and answers take.
coro<double> talk(stream& s, int times) {
    const instant start = event_loop::running().time();
    for (int i = 0; i < times; ++i) {
        co_await s.write("word\n");
        const std::string answer = co_await s.readline();
        CHECK(answer == "word\n");
    }
    co_return (event_loop::running().time() - start).seconds() * 1000;
}

template <class Body>
void in_limit(Body body) {
    nurt_test::in_loop(services(), [body]() -> coro<> {
        event_loop::running().set_memory_limit(limit);
        co_await body();
    });
}

}  // namespace

TEST_CASE("over the limit of memory input goes on ten times a second, and freely below") {
    in_limit([]() -> coro<> {
        server mine = co_await start_server(echo, "127.0.0.1", 0);
        stream client = co_await open_connection("127.0.0.1", mine.port());
        co_await talk(client, 10);
        CHECK_FALSE(now().input_held);
        {
            const ballast heavy(limit + 1);
            co_await talk(client, 1);
            CHECK(now().input_held);
            // The server and the client take turns: at least one rest for each answer but the first.
            const double slow = co_await talk(client, 4);
            CHECK(slow >= 150);
        }
        co_await talk(client, 1);
        CHECK_FALSE(now().input_held);
        const instant start = event_loop::running().time();
        co_await talk(client, 100);
        CHECK(event_loop::running().time() - start < seconds(2));
    });
}

TEST_CASE("over the limit of memory few connections are accepted, and the others wait") {
    in_limit([]() -> coro<> {
        server mine = co_await start_server(echo, "127.0.0.1", 0);
        std::vector<stream> clients;
        {
            const ballast heavy(limit + 1);
            co_await sleep(milliseconds(1));
            for (int i = 0; i < 50; ++i) {
                clients.push_back(co_await open_connection("127.0.0.1", mine.port()));
            }
            co_await sleep(milliseconds(150));
            CHECK(mine.connections() < 25);
        }
        for (stream& s : clients) co_await talk(s, 1);
        CHECK(mine.connections() == 50);
    });
}

TEST_CASE("a sender of bulk is slowed down by the limit of memory, and loses nothing") {
    in_limit([]() -> coro<> {
        std::size_t received = 0;
        auto sink = [&received](stream s) -> coro<> {
            std::string piece(16 * 1024, '\0');
            for (;;) {
                const std::size_t n = co_await s.read_some(piece);
                if (n == 0) co_return;
                received += n;
            }
        };
        server mine = co_await start_server(sink, "127.0.0.1", 0);
        stream client = co_await open_connection("127.0.0.1", mine.port());
        const std::string bulk(30'000'000, 'x');
        auto sending = create_task(
            [](stream& to, const std::string& all) -> coro<> { co_await to.write(all); },
            std::ref(client), std::cref(bulk));
        {
            const ballast heavy(limit + 1);
            co_await sleep(milliseconds(300));
            CHECK(received < bulk.size() / 2);
            CHECK(received > 0);
        }
        co_await sending;
        client.close();
        mine.close();
        co_await mine.wait_closed();
        CHECK(received == bulk.size());
    });
}

TEST_CASE("input is not held until an eighth of the limit is free") {
    in_limit([]() -> coro<> {
        const ballast most(limit / 10 * 9);
        {
            const ballast rest(limit / 5);
            co_await sleep(milliseconds(1));
            CHECK(now().input_held);
        }
        co_await sleep(milliseconds(1));
        CHECK(now().input_held);
    });
}

TEST_CASE("debug mode says once that the limit of memory is exceeded") {
    nurt_test::in_loop(services(), []() -> coro<> {
        nurt_test::findings found(event_loop::running());
        event_loop::running().set_memory_limit(limit);
        for (int i = 0; i < 2; ++i) {
            const ballast heavy(limit + 1);
            co_await sleep(milliseconds(1));
            CHECK(now().input_held);
        }
        CHECK(found.count(debug_finding::memory_limit) == 1);
        event_loop::running().set_debug(false);
        event_loop::running().set_debug_handler({});
    });
}

// SPDX-License-Identifier: MIT
// tests/real/many_servers_test.cpp: one port, several loops, and connections that move between them.
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/hand_over.hpp"
#include "nurt/net/reserved_port.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sync/event.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/support.hpp"

using namespace nurt;
using nurt_test::error_of;

namespace {

constexpr run_options two{.handle_interrupt = false, .loops = 2};
constexpr listen_options shared{.reuse_port = true};

coro<> until(std::atomic<int>& number, int at_least) {
    while (number < at_least) {
        co_await sleep(milliseconds(1));
    }
}

coro<> until_closed(event_loop& loop) {
    try {
        for (;;) {
            loop.call_soon_threadsafe([] {});
            co_await sleep(milliseconds(1));
        }
    } catch (const usage_error&) {
    }
}

// One request, one answer: the number of the loop.
coro<> say_where(stream s, std::size_t loop) {
    const std::string line = co_await s.readline();
    if (!line.empty()) {
        co_await s.write(std::to_string(loop));
    }
}

coro<std::string> ask(std::uint16_t port) {
    stream s = co_await open_connection("127.0.0.1", port);
    co_await s.write("where?\n");
    co_return co_await s.read_all();
}

// Serves a single connection, and gives its stream to the function.
template <class Fn>
coro<server> serve_one(Fn fn) {
    connection_handler handler = [fn](stream s) -> coro<> {
        fn(std::move(s));
        co_return;
    };
    co_return co_await start_server(std::move(handler), "127.0.0.1", 0);
}

}  // namespace

TEST_CASE("a reserved port is nobody else's, and any number of servers may share it") {
    nurt_test::in_loop(services(), []() -> coro<> {
        const reserved_port port("127.0.0.1");
        const reserved_port other("127.0.0.1");
        CHECK(port.number() != 0);
        CHECK(port.number() != other.number());
        co_await error_of<os_error>(listen("127.0.0.1", port.number()));
        const listener one = co_await listen("127.0.0.1", port.number(), shared);
        const listener two_ = co_await listen("127.0.0.1", port.number(), shared);
        CHECK(one.port() == two_.port());
        CHECK_THROWS_AS(reserved_port("localhost"), usage_error);
        CHECK_THROWS_AS(reserved_port("192.0.2.1"), os_error);
    });
}

TEST_CASE("the kernel spreads connections over the servers of two loops") {
    const reserved_port port("127.0.0.1");
    std::atomic<int> listening = 0;
    std::array<int, 2> asked{};
    run(
        [&](loop_group here) -> coro<> {
            connection_handler handler = [i = here.index()](stream s) {
                return say_where(std::move(s), i);
            };
            server mine =
                co_await start_server(std::move(handler), "127.0.0.1", port.number(), shared);
            ++listening;
            if (here.index() != 0) {
                co_await mine.serve_forever();
            }
            co_await until(listening, 2);
            for (int i = 0; i < 400; ++i) {
                const std::string where = co_await ask(port.number());
                ++asked.at(where == "1" ? 1 : 0);
            }
            here.stop();
        },
        two);
    // The kernel chooses by addresses and ports: 200 each, give or take 10.
    CHECK(asked[0] + asked[1] == 400);
    CHECK(asked[0] >= 100);
    CHECK(asked[1] >= 100);
}

TEST_CASE("a connection goes to another loop with the bytes that nobody has read") {
    std::string answer;
    event_loop* served_by = nullptr;
    run(
        [&](loop_group here) -> coro<> {
            if (here.index() == 1) {
                co_await sleep(seconds(3600));
            }
            auto finish = [&](stream s) -> coro<> {
                served_by = &event_loop::running();
                const std::string second = co_await s.readline();
                const std::string third = co_await s.readline();
                co_await s.write(second + third);
            };
            auto begin = [&, finish](stream s) -> coro<> {
                co_await s.readline();
                CHECK(hand_over(std::move(s), here[1], finish));
            };
            server mine = co_await start_server(begin, "127.0.0.1", 0);
            stream client = co_await open_connection("127.0.0.1", mine.port());
            co_await client.write("one\ntwo\nth");
            co_await sleep(milliseconds(5));
            co_await client.write("ree\n");
            answer = co_await client.read_all();
            CHECK(served_by == &here[1]);
            here.stop();
        },
        two);
    CHECK(answer == "two\nthree\n");
}

TEST_CASE("a connection that goes round and round loses no byte") {
    const std::string sent(300'000, 'x');
    std::size_t received = 0;
    int moves = 0;
    run(
        [&](loop_group here) -> coro<> {
            if (here.index() == 1) {
                co_await sleep(seconds(3600));
            }
            // Reads a piece here, and the rest on the other loop.
            struct relay {
                loop_group here;
                std::size_t& received;
                int& moves;
                coro<> operator()(stream s) {
                    std::string piece(1000, '\0');
                    const std::size_t n = co_await s.read_some(piece);
                    received += n;
                    if (n == 0) co_return;
                    ++moves;
                    event_loop& to = here[static_cast<std::size_t>(moves % 2)];
                    CHECK(hand_over(std::move(s), to, *this));
                }
            };
            server mine = co_await start_server(relay{here, received, moves}, "127.0.0.1", 0);
            stream client = co_await open_connection("127.0.0.1", mine.port());
            co_await client.write(sent);
            client.shutdown_write();
            const std::string rest = co_await client.read_all();
            CHECK(rest.empty());
            here.stop();
        },
        two);
    CHECK(received == sent.size());
    CHECK(moves >= 300);
}

TEST_CASE("a connection for a loop that has ended is closed") {
    const int before = nurt_test::open_descriptors();
    run(
        [](loop_group here) -> coro<> {
            if (here.index() == 1) {
                co_return;
            }
            co_await until_closed(here[1]);
            auto never = [](stream) -> coro<> {
                FAIL_CHECK("no loop runs this");
                co_return;
            };
            server mine = co_await serve_one(
                [&](stream s) { CHECK_FALSE(hand_over(std::move(s), here[1], never)); });
            stream client = co_await open_connection("127.0.0.1", mine.port());
            const std::string rest = co_await client.read_all();
            CHECK(rest.empty());
        },
        two);
    CHECK(nurt_test::open_descriptors() == before);
}

TEST_CASE("a connection that is on its way when its loop closes is closed") {
    const int before = nurt_test::open_descriptors();
    // Loop 1 closes at any moment; every connection is served there or closed.
    for (int round = 0; round < 20; ++round) {
        std::atomic<bool> leave = false;
        int given = 0;
        run(
            [&, round](loop_group here) -> coro<> {
                if (here.index() == 1) {
                    while (!leave) co_await sleep(microseconds(50));
                    co_return;
                }
                auto quick = [](stream s) -> coro<> { co_await s.write("x"); };
                server mine = co_await serve_one([&](stream s) {
                    leave = leave || given == round;
                    given += hand_over(std::move(s), here[1], quick) ? 1 : 0;
                });
                for (int i = 0; i < 40; ++i) {
                    stream client = co_await open_connection("127.0.0.1", mine.port());
                    const std::string all = co_await client.read_all();
                    CHECK(all.size() <= 1);
                }
            },
            two);
        CHECK(given >= round);
    }
    CHECK(nurt_test::open_descriptors() == before);
}

TEST_CASE("the error of a handler over there goes to that loop's exception handler") {
    std::atomic<int> told = 0;
    run(
        [&](loop_group here) -> coro<> {
            if (here.index() == 1) {
                event_loop::running().set_exception_handler([&](const error_context& c) {
                    CHECK(c.message == "unhandled error in the handler of a connection");
                    ++told;
                });
                co_await until(told, 1);
                co_return;
            }
            auto fails = [](stream) -> coro<> {
                co_await sleep(duration::zero());
                throw usage_error("broken");
            };
            server mine = co_await serve_one(
                [&](stream s) { CHECK(hand_over(std::move(s), here[1], fails)); });
            stream client = co_await open_connection("127.0.0.1", mine.port());
            co_await client.read_all();
            co_await until(told, 1);
        },
        two);
    CHECK(told == 1);
}

TEST_CASE("stopping the group drains the servers of every loop") {
    const reserved_port port("127.0.0.1");
    std::atomic<int> listening = 0, begun = 0, finished = 0, cancelled = 0;
    // Four requests that take a moment and four that never end, on whatever loop.
    const auto work = [&](stream s) -> coro<> {
        const std::string line = co_await s.readline();
        ++begun;
        try {
            co_await sleep(line == "short\n" ? milliseconds(30) : seconds(3600));
        } catch (const cancelled_error&) {
            ++cancelled;
            throw;
        }
        ++finished;
    };
    const auto client = [](std::uint16_t to, std::string line) -> coro<> {
        stream s = co_await open_connection("127.0.0.1", to);
        co_await s.write(line);
        co_await s.read_all();
    };
    run(
        [&](loop_group here) -> coro<> {
            std::vector<task<>> clients;
            server mine = co_await start_server(work, "127.0.0.1", port.number(), shared);
            ++listening;
            if (here.index() == 0) {
                co_await until(listening, 2);
                for (int i = 0; i < 8; ++i) {
                    const std::string line = i % 2 == 0 ? "short\n" : "long\n";
                    clients.push_back(create_task(client, port.number(), line));
                }
                co_await until(begun, 8);
                here.stop();
            }
            co_await mine.serve_forever(milliseconds(500));
        },
        two);
    CHECK(finished == 4);
    CHECK(cancelled == 4);
}

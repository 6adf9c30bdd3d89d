// SPDX-License-Identifier: MIT
// The numbers retell Lib/test/test_asyncio/test_server.py and test_streams.py.
#include "nurt/net/server.hpp"

#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/in_loop.hpp"

using nurt::coro;
using nurt::open_connection;
using nurt::start_server;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_loop;
using nurt_test::in_sim;

namespace {

coro<void> echo(stream s) {
    char buffer[1024];
    for (;;) {
        const std::size_t n = co_await s.read_some(buffer);
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(buffer, n));
    }
}

coro<std::string> ask(std::uint16_t port, std::string question) {
    stream s = co_await open_connection("127.0.0.1", port);
    co_await s.write(question);
    s.shutdown_write();
    co_return co_await s.read_all();
}

}  // namespace

TEST_CASE("a server answers many clients at once") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 0);
        auto [a, b, c] = co_await nurt::gather(ask(server.port(), "one"), ask(server.port(), "two"),
                                               ask(server.port(), "three"));
        CHECK(a == "one");
        CHECK(b == "two");
        CHECK(c == "three");
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("localhost is listened to on both loopback addresses") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "localhost", 7000);
        const auto sockets = server.sockets();
        REQUIRE(sockets.size() == 2);
        CHECK(sockets[0].to_string() == "127.0.0.1:7000");
        CHECK(sockets[1].to_string() == "[::1]:7000");
    });
}

TEST_CASE("S160: a closed server takes no connections, and those that are there go on") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await s.write("before");
        co_await s.readexactly(6);
        server.close();
        CHECK_FALSE(server.is_serving());
        CHECK(server.sockets().empty());
        co_await error_of<nurt::os_error>(open_connection("127.0.0.1", 7000));
        co_await s.write("after");
        const std::string text = co_await s.readexactly(5);
        CHECK(text == "after");
    });
}

TEST_CASE("S160: wait_closed waits for the last connection") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await s.write("x");
        co_await s.readexactly(1);
        auto waiting = nurt::create_task(server.wait_closed());
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(waiting.done());
        server.close();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(waiting.done());
        s.close();
        co_await waiting;
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("S160: close_clients ends the connections, and their handlers without an error") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await s.write("x");
        co_await s.readexactly(1);
        server.close();
        server.close_clients();
        co_await server.wait_closed();
        const std::string rest = co_await s.read_all();
        CHECK(rest.empty());
    });
}

TEST_CASE("a handler that comes back to a stream its server has closed ends without an error") {
    in_sim([]() -> coro<void> {
        auto think = [](stream s) -> coro<void> {
            co_await nurt::sleep(nurt::seconds(1));
            co_await s.write("too late");
        };
        auto server = co_await start_server(think, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await nurt::sleep(nurt::milliseconds(1));
        server.close();
        server.close_clients();
        co_await server.wait_closed();
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("S160: abort_clients resets the connections") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await s.write("x");
        co_await s.readexactly(1);
        server.abort_clients();
        const auto e = co_await error_of<nurt::os_error>(s.read_all());
        CHECK(std::string_view(e.what()) == "read from 127.0.0.1:7000: Connection reset by peer");
    });
}

TEST_CASE("S161: a cancelled serve_forever closes the server and goes on being cancelled") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream s = co_await open_connection("127.0.0.1", 7000);
        co_await s.write("x");
        co_await s.readexactly(1);
        auto serving = nurt::create_task(server.serve_forever());
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(serving.done());
        serving.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(serving.cancelled());
        CHECK_FALSE(server.is_serving());
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("serve_forever ends when the server is closed") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        auto serving = nurt::create_task(server.serve_forever());
        co_await nurt::sleep(nurt::seconds(1));
        server.close();
        co_await serving;
    });
}

TEST_CASE("S158: an error of a handler is reported and closes the connection") {
    std::vector<std::string> errors;
    auto body = []() -> coro<void> {
        auto failing = [](stream s) -> coro<void> {
            co_await s.read(1);
            throw std::runtime_error("oops");
        };
        auto server = co_await start_server(failing, "127.0.0.1", 7000);
        const std::string answer = co_await ask(7000, "x");
        CHECK(answer.empty());
        CHECK(server.is_serving());
    };
    in_loop(nurt::sim::make_services(), body, &errors);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] == "unhandled error in the handler of a connection");
}

TEST_CASE("S158: a handler that is cancelled closes its connection silently") {
    in_sim([]() -> coro<void> {
        std::string rest = "?";
        stream s;
        {
            auto server = co_await start_server(echo, "127.0.0.1", 7000);
            s = co_await open_connection("127.0.0.1", 7000);
            co_await s.write("x");
            co_await s.readexactly(1);
        }
        rest = co_await s.read_all();
        CHECK(rest.empty());
    });
}

TEST_CASE("a server that is dropped before a handler began leaves nothing behind") {
    in_sim([]() -> coro<void> {
        stream s;
        {
            auto server = co_await start_server(echo, "127.0.0.1", 7000);
            s = co_await open_connection("127.0.0.1", 7000);
            while (server.connections() == 0) {
                co_await nurt::sleep(nurt::seconds(0));
            }
        }
        const std::string rest = co_await s.read_all();
        CHECK(rest.empty());
    });
}

TEST_CASE("S160: after wait_closed no handler begins, whenever the server was closed") {
    auto body = []() -> coro<void> {
        for (int turns = 0; turns < 8; ++turns) {
            CAPTURE(turns);
            int begun = 0;
            int ended = 0;
            auto handler = [&](stream s) -> coro<void> {
                ++begun;
                co_await s.write("hello");
                ++ended;
            };
            auto server = co_await start_server(handler, "127.0.0.1", 7000);
            stream s = co_await open_connection("127.0.0.1", 7000);
            for (int i = 0; i < turns; ++i) {
                co_await nurt::sleep(nurt::seconds(0));
            }
            server.close();
            co_await server.wait_closed();
            const int before = begun;
            CHECK(begun == ended);
            co_await nurt::sleep(nurt::seconds(1));
            CHECK(begun == before);
        }
    };
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {  // who is told first of a connection
        CAPTURE(seed);
        in_sim(body, {}, seed);
    }
}

TEST_CASE("wait_closed of a server that is closed and has no connections is over at once") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        server.close();
        server.close();
        co_await server.wait_closed();
        co_await server.serve_forever();
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("wait_closed may be cancelled, and the server goes on") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        auto waiting = nurt::create_task(server.wait_closed());
        co_await nurt::sleep(nurt::seconds(1));
        waiting.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(waiting.cancelled());
        const std::string answer = co_await ask(7000, "still there");
        CHECK(answer == "still there");
    });
}

TEST_CASE("S160: close_clients and abort_clients without clients do nothing") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        server.close_clients();
        server.abort_clients();
        const std::string answer = co_await ask(7000, "x");
        CHECK(answer == "x");
    });
}

TEST_CASE("S160: clients that come after close_clients are served") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream first = co_await open_connection("127.0.0.1", 7000);
        co_await first.write("x");
        co_await first.readexactly(1);
        server.close_clients();
        server.close_clients();
        const std::string rest = co_await first.read_all();
        CHECK(rest.empty());
        const std::string answer = co_await ask(7000, "y");
        CHECK(answer == "y");
    });
}

TEST_CASE("without a free descriptor clients wait, and are served when there is one") {
    nurt::sim::faults tight;
    tight.descriptors = 4;  // the listener, two clients, and one of them accepted
    auto body = []() -> coro<void> {
        auto server = co_await start_server(echo, "127.0.0.1", 7000);
        stream first = co_await open_connection("127.0.0.1", 7000);
        co_await first.write("x");
        co_await first.readexactly(1);
        stream second = co_await open_connection("127.0.0.1", 7000);
        co_await second.write("y");
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(server.connections() == 1);
        first.close();
        const std::string answer = co_await second.readexactly(1);
        CHECK(answer == "y");
    };
    in_sim(body, tight);
}

// SPDX-License-Identifier: MIT
// Replies of the HTTP server that leave with the wait for the next request, on each backend.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/server.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/io/uring_backend.hpp"
#include "nurt/net/tcp.hpp"
#include "tests/real/reality.hpp"

#include <optional>
#include <string>

using nurt::coro;
using nurt::stream;
using nurt_test::epoll_loop;
using nurt_test::in_reality;
using nurt_test::uring_loop;

namespace {

constexpr const char* question = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";
constexpr std::size_t body_size = 9000;

coro<nurt::http::reply> answer(nurt::http::request&) {
    co_return std::string(body_size, 'b');
}

// Whether the next reply came whole.
coro<bool> reply_is_whole(stream& s) {
    const std::string head = co_await s.readuntil("\r\n\r\n");
    const std::string body = co_await s.readexactly(body_size);
    co_return head.starts_with("HTTP/1.1 200") && body == std::string(body_size, 'b');
}

}  // namespace

TYPE_TO_STRING_AS("epoll", epoll_loop);
TYPE_TO_STRING_AS("io_uring", uring_loop);
#define ON_BOTH epoll_loop, uring_loop

TEST_CASE_TEMPLATE("requests one after another are answered one after another", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto server = co_await nurt::http::start_server(answer, "127.0.0.1", 0);
        stream s = co_await nurt::connect("127.0.0.1", server.port());
        for (int i = 0; i < 100; ++i) {
            co_await s.write(question);
            const bool whole = co_await reply_is_whole(s);
            CHECK(whole);
        }
        server.close();
    });
}

TEST_CASE_TEMPLATE("a client that asks much and reads late gets every reply", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto server = co_await nurt::http::start_server(answer, "127.0.0.1", 0);
        stream s = co_await nurt::connect("127.0.0.1", server.port());
        constexpr int many = 1500;
        auto asking = nurt::create_task(
            [](stream& to) -> coro<void> {
                for (int i = 0; i < many; ++i) {
                    co_await to.write(question);
                    if (i % 3 == 0) co_await nurt::sleep(nurt::duration::zero());
                }
            },
            std::ref(s));
        co_await nurt::sleep(nurt::milliseconds(50));
        int whole = 0;
        for (int i = 0; i < many; ++i) {
            const bool this_one = co_await reply_is_whole(s);
            whole += this_one ? 1 : 0;
        }
        CHECK(whole == many);
        co_await asking;
        server.close();
    });
}

TEST_CASE_TEMPLATE("a server that is stopped in the turn of a reply still sends it", Loop,
                   ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        nurt::http::server* stops = nullptr;
        std::optional<nurt::task<bool>> stopping;
        auto server = co_await nurt::http::start_server(
            [&](nurt::http::request&) -> coro<nurt::http::reply> {
                stopping = nurt::create_task(stops->stop(nurt::seconds(1)));
                co_return std::string(body_size, 'b');
            },
            "127.0.0.1", 0);
        stops = &server;
        stream s = co_await nurt::connect("127.0.0.1", server.port());
        co_await s.write(question);
        const bool whole = co_await reply_is_whole(s);
        CHECK(whole);
        const std::string rest = co_await s.read_all();
        CHECK(rest.empty());
        const bool gently = co_await *stopping;
        CHECK(gently);
    });
}

TEST_CASE_TEMPLATE("a client that has gone ends the connection of the server", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto server = co_await nurt::http::start_server(answer, "127.0.0.1", 0);
        for (int i = 0; i < 20; ++i) {
            stream s = co_await nurt::connect("127.0.0.1", server.port());
            co_await s.write(question);
            if (i % 2 == 0) co_await nurt::sleep(nurt::duration::zero());
            s.abort();
        }
        co_await nurt::sleep(nurt::milliseconds(20));
        CHECK(server.statistics().connections == 0);
        server.close();
    });
}

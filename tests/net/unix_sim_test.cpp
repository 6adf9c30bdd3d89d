// SPDX-License-Identifier: MIT
// Unix sockets of a simulated machine: whole programs that use them run in virtual time.
#include "nurt/net/unix.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

using nurt::coro;
using nurt::open_unix_connection;
using nurt::start_unix_server;
using nurt::stream;
using nurt::unix_address;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

coro<void> echo(stream s) {
    const std::string line = co_await s.readline();
    co_await s.write(line);
}

coro<std::string> ask(std::string name) {
    stream s = co_await open_unix_connection(std::move(name));
    co_await s.write("question\n");
    co_return co_await s.read_all();
}

coro<int> number_of_refusal(std::string name) {
    const auto e = co_await error_of<nurt::os_error>(open_unix_connection(std::move(name)));
    co_return e.number();
}

}  // namespace

TEST_CASE("in a simulation a server on a path or an abstract name answers, and leaves no name") {
    in_sim([]() -> coro<void> {
        for (const std::string name : {"/run/nurt.sock", "@nurt"}) {
            const int before = co_await number_of_refusal(name);
            auto server = co_await start_unix_server(echo, name);
            CHECK(unix_address::from(server.endpoints().at(0)) == unix_address(name));
            const std::string answer = co_await ask(name);
            CHECK(answer == "question\n");
            server.close();
            co_await server.wait_closed();
            const int after = co_await number_of_refusal(name);
            CHECK(before == (name[0] == '@' ? ECONNREFUSED : ENOENT));
            CHECK(after == before);
        }
        CHECK_FALSE(std::filesystem::exists("/run/nurt.sock"));
    });
}

TEST_CASE("in a simulation a Unix socket needs no time, whatever the network needs") {
    in_sim(
        []() -> coro<void> {
            auto server = co_await start_unix_server(echo, "@nurt");
            const nurt::instant begin = nurt::event_loop::running().time();
            const std::string answer = co_await ask("@nurt");
            CHECK(answer == "question\n");
            CHECK(nurt::event_loop::running().time() == begin);
        },
        {.latency = nurt::seconds(1), .jitter = nurt::seconds(1)});
}

// S162, test_unix_server_cleanup_*
TEST_CASE(
    "in a simulation the last server has the path, and one that was replaced leaves it alone") {
    in_sim([]() -> coro<void> {
        auto first = co_await start_unix_server(echo, "/s");
        auto second = co_await start_unix_server(
            [](stream s) -> coro<void> { co_await s.write("second"); }, "/s");
        first.close();
        co_await first.wait_closed();
        const std::string answer = co_await ask("/s");
        CHECK(answer == "second");
        auto stays = co_await start_unix_server(echo, "/s", {.cleanup_socket = false});
        stays.close();
        const int left = co_await number_of_refusal("/s");
        CHECK(left == ECONNREFUSED);
        auto third = co_await start_unix_server(echo, "/s");
        const std::string again = co_await ask("/s");
        CHECK(again == "question\n");
    });
}

TEST_CASE("in a simulation an abstract name has one listener") {
    in_sim([]() -> coro<void> {
        auto server = co_await start_unix_server(echo, "@nurt");
        const auto e = co_await error_of<nurt::os_error>(start_unix_server(echo, "@nurt"));
        CHECK(e.what() == std::string("listen @nurt: Address already in use"));
    });
}

TEST_CASE("in a simulation connecting waits while the queue of a Unix server is full") {
    in_sim([]() -> coro<void> {
        nurt::listener l = nurt::listen_unix("@nurt", {.backlog = 1});
        const stream first = co_await open_unix_connection("@nurt");
        auto late = nurt::create_task(open_unix_connection("@nurt"));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(late.done());
        co_await error_of<nurt::timeout_error>(open_unix_connection("@nurt", nurt::seconds(1)));
        co_await l.accept();
        const stream second = co_await std::move(late);
        CHECK(second.peer_name() == "@nurt");
        const stream accepted = co_await l.accept();
        CHECK(accepted.peer_name() == "a client of @nurt");
    });
}

TEST_CASE("in a simulation a stream pair is connected, and its peer is this process") {
    in_sim([]() -> coro<void> {
        auto [left, right] = nurt::stream_pair();
        co_await left.write("text\n");
        const std::string line = co_await right.readline();
        CHECK(line == "text\n");
        CHECK(nurt::credentials_of(right).pid == ::getpid());
        left.close();
        const std::string end = co_await right.readline();
        CHECK(end.empty());
        auto [again, other] = nurt::stream_pair();
        CHECK_FALSE(again.is_closed());
    });
}

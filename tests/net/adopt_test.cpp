// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <string>
#include <utility>

using nurt::adopt_socket;
using nurt::connect;
using nurt::coro;
using nurt::listen;
using nurt::release_socket;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

coro<std::pair<stream, stream>> connected_pair() {
    auto listener = co_await listen("127.0.0.1", 0);
    stream client = co_await connect("127.0.0.1", listener.port());
    stream served = co_await listener.accept();
    co_return std::pair<stream, stream>(std::move(client), std::move(served));
}

}  // namespace

TEST_CASE("a socket that was released and adopted goes on where it was") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        co_await client.write("line\nrest");
        co_await served.readline();
        const std::string peer = served.peer_name();
        auto released = release_socket(std::move(served));
        CHECK(released.unread() == "rest");
        stream again = adopt_socket(std::move(released));
        CHECK(again.peer_name() == peer);
        co_await again.write("answer\n");
        const std::string answer = co_await client.readline();
        CHECK(answer == "answer\n");
    });
}

TEST_CASE("a stream whose socket was released is closed") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        auto released = release_socket(std::move(served));
        CHECK(served.is_closed());
        const stream owner = adopt_socket(std::move(released));
    });
}

TEST_CASE("a stream that somebody reads from does not give its socket") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        auto reading = nurt::create_task(served.read(1));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_THROWS_AS(release_socket(std::move(served)), nurt::usage_error);
        co_await error_of<nurt::os_error>(
            [](nurt::task<std::string> t) -> coro<void> { co_await t; }(std::move(reading)));
    });
}

TEST_CASE("a stream in memory has no socket to give") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        CHECK_THROWS_AS(release_socket(std::move(a)), nurt::usage_error);
        co_return;
    });
}

TEST_CASE("a closed stream has no socket to give") {
    in_sim([]() -> coro<void> {
        auto [client, served] = co_await connected_pair();
        client.close();
        CHECK_THROWS_AS(release_socket(std::move(client)), nurt::usage_error);
        CHECK_THROWS_AS(release_socket(stream()), nurt::usage_error);
    });
}

TEST_CASE("what is no descriptor cannot be adopted") {
    in_sim([]() -> coro<void> {
        CHECK_THROWS_AS(adopt_socket(-1), nurt::os_error);
        co_return;
    });
}

// SPDX-License-Identifier: MIT
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <cerrno>
#include <string>
#include <string_view>

using nurt::coro;
using nurt::memory_stream_pair;
using nurt::seconds;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

// One exchange; its answer as text.
coro<std::string> ask(stream& s, std::string question) {
    char answer[64];
    const std::size_t n = co_await s.exchange(question, answer);
    co_return std::string(answer, n);
}

}  // namespace

TEST_CASE("an exchange gives what the peer answers") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair();
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        const std::string question = co_await there.readexactly(4);
        CHECK(question == "ping");
        co_await nurt::sleep(seconds(1));
        CHECK_FALSE(asking.done());
        co_await there.write("pong");
        const std::string answer = co_await asking;
        CHECK(answer == "pong");
    });
}

TEST_CASE("an exchange writes all before it reads") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair(4);
        co_await there.write("old");
        auto asking = nurt::create_task(ask, std::ref(here), "a long question");
        co_await nurt::sleep(seconds(1));
        CHECK_FALSE(asking.done());
        const std::string question = co_await there.readexactly(15);
        CHECK(question == "a long question");
        const std::string answer = co_await asking;
        CHECK(answer == "old");
    });
}

TEST_CASE("an exchange takes bytes that an earlier read left behind") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair();
        co_await there.write("line\nrest");
        co_await here.readline();
        const std::string answer = co_await ask(here, "ping");
        CHECK(answer == "rest");
        const std::string question = co_await there.readexactly(4);
        CHECK(question == "ping");
    });
}

TEST_CASE("an exchange with a peer that ends gives the end of the stream") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair();
        there.shutdown_write();
        const std::string answer = co_await ask(here, "ping");
        CHECK(answer.empty());
        CHECK(here.at_eof());
    });
}

TEST_CASE("an exchange with a peer that has gone fails as a write does") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair();
        there.close();
        const auto e = co_await error_of<nurt::os_error>(ask(here, "ping"));
        CHECK(e.number() == EPIPE);
    });
}

TEST_CASE("while an exchange is under way nobody else may read") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair(2);
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        co_await nurt::sleep(seconds(1));
        co_await error_of<nurt::usage_error>(here.read(1));
        co_await error_of<nurt::usage_error>(ask(here, "again"));
        asking.cancel();
        co_await nurt::sleep(seconds(1));
        CHECK(asking.cancelled());
    });
}

TEST_CASE("an exchange that is cancelled while it waits for the answer loses no byte") {
    in_sim([]() -> coro<void> {
        auto [here, there] = memory_stream_pair();
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        co_await nurt::sleep(seconds(1));
        asking.cancel();
        co_await nurt::sleep(seconds(1));
        CHECK(asking.cancelled());
        co_await there.write("pong");
        const std::string answer = co_await here.read(10);
        CHECK(answer == "pong");
        co_await here.write("still writable");
    });
}

// SPDX-License-Identifier: MIT
// A question and its answer in one await, over the loopback interface on each backend.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/io/uring_backend.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <span>
#include <string>
#include <vector>

using nurt::coro;
using nurt::milliseconds;
using nurt::stream;
using nurt_test::epoll_loop;
using nurt_test::error_of;
using nurt_test::in_reality;
using nurt_test::uring_loop;

namespace {

coro<std::pair<stream, stream>> connected_pair() {
    auto listener = co_await nurt::listen("127.0.0.1", 0);
    stream client = co_await nurt::connect("127.0.0.1", listener.port());
    stream served = co_await listener.accept();
    co_return std::pair<stream, stream>(std::move(client), std::move(served));
}

coro<std::string> ask(stream& s, std::string question) {
    char answer[64];
    const std::size_t n = co_await s.exchange(question, answer);
    co_return std::string(answer, n);
}

// A server that exchanges, too: each answer is sent with the wait for the next question.
coro<void> echo(stream s) {
    std::vector<char> memory(4096);
    std::size_t n = co_await s.read_some(memory);
    while (n != 0) {
        n = co_await s.exchange(std::string_view(memory.data(), n), memory);
    }
}

coro<int> talk(std::uint16_t port, int number) {
    stream s = co_await nurt::open_connection("127.0.0.1", port);
    std::vector<char> answer(4096);
    int wrong = 0;
    for (int round = 0; round < 50; ++round) {
        const std::string question(static_cast<std::size_t>(1 + (number * 61 + round * 7) % 900),
                                   static_cast<char>('a' + (number + round) % 26));
        std::size_t n = co_await s.exchange(question, answer);
        while (n < question.size()) {
            n += co_await s.read_some(std::span(answer).subspan(n));
        }
        wrong += std::string_view(answer.data(), n) != question ? 1 : 0;
    }
    co_return wrong;
}

}  // namespace

TYPE_TO_STRING_AS("epoll", epoll_loop);
TYPE_TO_STRING_AS("io_uring", uring_loop);
#define ON_BOTH epoll_loop, uring_loop

TEST_CASE_TEMPLATE("a hundred conversations exchange at once, at both ends", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        nurt::server server = co_await nurt::start_server(echo, "127.0.0.1", 0);
        std::vector<nurt::task<int>> talks;
        for (int i = 0; i < 100; ++i) talks.push_back(nurt::create_task(talk, server.port(), i));
        const std::vector<int> wrong = co_await nurt::gather(talks);
        for (const int n : wrong) CHECK(n == 0);
        server.close();
    });
}

TEST_CASE_TEMPLATE("a question larger than the kernel holds is written whole before its answer",
                   Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        co_await there.write("early");
        auto asking = nurt::create_task(ask, std::ref(here), std::string(8'000'000, 'q'));
        co_await nurt::sleep(milliseconds(5));
        CHECK_FALSE(asking.done());
        const std::string question = co_await there.readexactly(8'000'000);
        CHECK(question == std::string(8'000'000, 'q'));
        const std::string answer = co_await asking;
        CHECK(answer == "early");
    });
}

TEST_CASE_TEMPLATE("questions of every size arrive whole through a small socket buffer", Loop,
                   ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        nurt::server server = co_await nurt::start_server(
            [](stream s) -> coro<void> {
                for (std::size_t size = 1; size <= 16'384; size *= 2) {
                    const std::string question = co_await s.readexactly(size);
                    const bool whole = question == std::string(size, 'q');
                    co_await s.write(whole ? "yes" : "no");
                }
            },
            "127.0.0.1", 0);
        stream s = co_await nurt::open_connection("127.0.0.1", server.port());
        for (std::size_t size = 1; size <= 16'384; size *= 2) {
            const std::string answer = co_await ask(s, std::string(size, 'q'));
            CHECK(answer == "yes");
        }
        server.close();
    });
}

TEST_CASE_TEMPLATE("an exchange cancelled in the turn of its beginning has asked its question",
                   Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        co_await nurt::sleep(nurt::duration::zero());
        asking.cancel();
        const std::string question = co_await there.readexactly(4);
        CHECK(question == "ping");
        co_await nurt::sleep(milliseconds(1));
        CHECK(asking.cancelled());
        co_await there.write("pong");
        const std::string answer = co_await ask(here, "again");
        CHECK(answer == "pong");
    });
}

TEST_CASE_TEMPLATE("an exchange that times out leaves the answer to the next read", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        bool timed_out = false;
        try {
            co_await nurt::timeout(milliseconds(5), [&here] { return ask(here, "ping"); });
        } catch (const nurt::timeout_error&) {
            timed_out = true;
        }
        CHECK(timed_out);
        const std::string question = co_await there.readexactly(4);
        CHECK(question == "ping");
        co_await there.write("pong");
        const std::string answer = co_await here.read(10);
        CHECK(answer == "pong");
    });
}

TEST_CASE_TEMPLATE("an exchange with a peer that reset the connection fails", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        there.abort();
        co_await nurt::sleep(milliseconds(2));
        co_await error_of<nurt::os_error>(ask(here, "ping"));
    });
}

TEST_CASE_TEMPLATE("an exchange ends with the stream when the peer ends it", Loop, ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        const std::string question = co_await there.readexactly(4);
        there.shutdown_write();
        const std::string answer = co_await asking;
        CHECK(question == "ping");
        CHECK(answer.empty());
        CHECK(here.at_eof());
    });
}

TEST_CASE_TEMPLATE("closing under an exchange sends the question and ends the wait", Loop,
                   ON_BOTH) {
    in_reality<Loop>([]() -> coro<void> {
        auto [here, there] = co_await connected_pair();
        auto asking = nurt::create_task(ask, std::ref(here), "ping");
        co_await nurt::sleep(nurt::duration::zero());
        here.close();
        const std::string question = co_await there.read_all();
        CHECK(question == "ping");
        bool ended = false;
        try {
            co_await asking;
        } catch (const nurt::os_error& e) {
            ended = e.number() == ECANCELED;
        }
        CHECK(ended);
    });
}

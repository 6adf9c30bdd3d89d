// SPDX-License-Identifier: MIT
// tests/real/parity_test.cpp: what asyncio promises of streams and of the order of events, on real sockets.
//
// The numbers retell CPython's test_streams, test_selector_events and test_sslproto.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/statistics.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/sync/lock.hpp"
#include "tests/real/reality.hpp"

#include <cerrno>
#include <functional>
#include <string>
#include <utility>

using nurt::coro;
using nurt::create_task;
using nurt::event_loop;
using nurt::milliseconds;
using nurt::sleep;
using nurt::stream;
using nurt_test::connected;
using nurt_test::connection;
using nurt_test::error_of;
using nurt_test::in_reality;

namespace {

constexpr std::size_t much = 32 << 20;  // more than the kernel holds for a connection

coro<> write_all(stream& to, std::string text) {
    co_await to.write(text);
}

coro<> turns(int count) {
    for (; count > 0; --count) {
        co_await sleep(nurt::duration::zero());
    }
}

std::size_t buffered() {
    return event_loop::running().statistics().buffer_bytes;
}

}  // namespace

// test_streams.py, test_read_limit
TEST_CASE("S150: the limit is 64 KiB, and who does not read makes the writer wait") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        CHECK(c.near.limit() == 65536);
        auto writing = create_task(write_all, std::ref(c.far), std::string(much, 'w') + '\n');
        const std::string first = co_await c.near.readexactly(1);
        CHECK(first == "w");
        co_await sleep(milliseconds(20));
        CHECK_FALSE(writing.done());
        CHECK(buffered() < much / 4);
        co_await error_of<nurt::limit_overrun_error>(c.near.readuntil());
        CHECK_FALSE(writing.done());
        const std::string rest = co_await c.near.readexactly(much);
        CHECK(rest.back() == '\n');
        co_await writing;
    });
}

// test_streams.py, test_multiple_drain: there any number of tasks write and drain; here a lock puts
// them in line.
TEST_CASE("S156: one task writes at a time, and others say so or wait for a lock") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        auto first = create_task(write_all, std::ref(c.far), std::string(much, 'a'));
        co_await turns(2);
        const auto e = co_await error_of<nurt::usage_error>(write_all(c.far, "b"));
        CHECK(std::string(e.what()).find("writ") != std::string::npos);
        co_await c.near.readexactly(much);
        co_await first;

        nurt::lock line;
        auto in_line = [](nurt::lock& l, stream& to, std::string text) -> coro<> {
            auto guard = co_await l.acquire();
            co_await to.write(text);
        };
        auto one = create_task(in_line, std::ref(line), std::ref(c.far), std::string(much, '1'));
        auto two = create_task(in_line, std::ref(line), std::ref(c.far), std::string("2\n"));
        const std::string all = co_await c.near.readexactly(much + 2);
        CHECK(all.substr(much - 1) == "12\n");
        co_await one;
        co_await two;
    });
}

// test_streams.py, test_unclosed_resource_warnings: there a warning, here the end of the object is
// the end of the connection.
TEST_CASE("S159: a stream that goes without a close is closed, and so is a server") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        co_await c.far.write("last words");
        c.far = stream();
        const std::string all = co_await c.near.read_all();
        CHECK(all == "last words");

        std::uint16_t port = 0;
        {
            auto nothing = [](stream) -> coro<> { co_return; };
            const auto server = co_await nurt::start_server(nothing, "127.0.0.1", 0);
            port = server.port();
        }
        const auto e = co_await error_of<nurt::os_error>(nurt::connect("127.0.0.1", port));
        CHECK(e.number() == ECONNREFUSED);
    });
}

// test_selector_events.py, test_writelines_pauses_protocol: there a write always returns, and drain
// waits above a high water mark; here the write waits, and nothing piles up.
TEST_CASE("S163: a write waits until the kernel has taken all of it") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        auto writing = create_task(write_all, std::ref(c.far), std::string(much, 'w'));
        co_await sleep(milliseconds(20));
        CHECK_FALSE(writing.done());
        CHECK(buffered() < much / 4);
        const std::string all = co_await c.near.readexactly(much);
        co_await writing;
        CHECK(all == std::string(much, 'w'));
    });
}

// test_selector_events.py, test_write_partial, test_write_no_data
TEST_CASE("S164: a write is tried at once, and what fits has gone when it returns") {
    in_reality([]() -> coro<> {
        auto [near, far] = nurt::stream_pair();
        const auto before = event_loop::running().turns();
        for (const char* piece : {"one ", "", "two ", "three\n"}) {
            co_await far.write(piece);
        }
        CHECK(event_loop::running().turns() == before);
        const std::string line = co_await near.readline();
        CHECK(line == "one two three\n");
    });
}

// test_selector_events.py, test_write_exception, test_fatal_error: there what is written after the
// connection was lost is dropped, with a warning from the fifth time on; here each write fails.
TEST_CASE("S164: every write after the connection was lost is an error, and so is a read") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        c.far.abort();
        co_await error_of<nurt::os_error>(c.near.read(1));
        for (int i = 0; i < 6; ++i) {
            const auto e = co_await error_of<nurt::os_error>(write_all(c.near, "anybody?"));
            CHECK((e.number() == EPIPE || e.number() == ECONNRESET));
        }
    });
}

// test_selector_events.py, test_close_write_buffer, test_abort
TEST_CASE("S165: abort drops what was not sent, and the writer hears of it once") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        auto writing = create_task(write_all, std::ref(c.far), std::string(much, 'w'));
        co_await turns(3);
        c.far.abort();
        c.far.abort();
        const auto e = co_await error_of<nurt::os_error>(
            [](nurt::task<> t) -> coro<> { co_await t; }(writing));
        CHECK(e.number() == ECANCELED);
        co_await error_of<nurt::os_error>(c.near.read_all());
    });
}

// S3, where the kernel takes part: what was ready before, then input and output, then timers.
TEST_CASE("P6: what is ready runs before what the kernel tells, and timers after it") {
    in_reality([]() -> coro<> {
        event_loop& loop = event_loop::running();
        auto [near, far] = nurt::stream_pair();
        std::string log;
        auto reading = create_task(
            [](stream& from, std::string& to) -> coro<> {
                co_await from.readline();
                to += 'k';
            },
            std::ref(near), std::ref(log));
        co_await sleep(milliseconds(1));
        loop.call_later(milliseconds(1), [&] { log += 't'; });
        loop.call_soon([&] { log += 'r'; });
        co_await far.write("at the same time\n");
        const auto start = loop.time();
        while (loop.time() - start < milliseconds(3)) {
        }
        co_await reading;
        co_await sleep(milliseconds(1));
        CHECK(log == "rkt");
    });
}

TEST_CASE("P8: what was received stays as it is while more arrives") {
    in_reality([]() -> coro<> {
        connection c = co_await connected();
        std::string kept(4096, '.');
        co_await c.far.write(std::string(4096, 'k'));
        for (std::size_t have = 0; have < kept.size();) {
            have += co_await c.near.read_some(std::span<char>(kept).subspan(have));
        }
        for (int i = 0; i < 200; ++i) {
            const std::string next(4096, static_cast<char>('a' + i % 10));
            co_await c.far.write(next);
            const std::string got = co_await c.near.readexactly(4096);
            CHECK(got == next);
        }
        CHECK(kept == std::string(4096, 'k'));
    });
}

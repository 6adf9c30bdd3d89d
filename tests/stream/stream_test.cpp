// SPDX-License-Identifier: MIT
// Streams over a pair in memory. The numbers S150 to S165 retell Lib/test/test_asyncio/test_streams.py.
#include "nurt/stream/stream.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <array>
#include <stdexcept>

using nurt::coro;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;

TEST_CASE("what one end writes the other end reads") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        const std::size_t written = co_await a.write("hello");
        CHECK(written == 5);
        char buffer[16];
        const std::size_t n = co_await b.read_some(buffer);
        CHECK(std::string_view(buffer, n) == "hello");
    });
}

TEST_CASE("a read waits until something is written") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(
            [](stream s) -> coro<std::string> { co_return co_await s.read(100); }, std::move(b));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(reader.done());
        co_await a.write("late");
        const std::string text = co_await reader;
        CHECK(text == "late");
    });
}

TEST_CASE("a read gives the end of the stream as a value, again and again") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        a.close();
        std::array<std::byte, 8> buffer;
        CHECK_FALSE(b.at_eof());
        for (int i = 0; i < 2; ++i) {
            const std::size_t n = co_await b.read_some(buffer);
            CHECK(n == 0);
            CHECK(b.at_eof());
        }
        const std::string rest = co_await b.read(10);
        CHECK(rest.empty());
    });
}

TEST_CASE("S154: reading zero bytes gives nothing at once, and is not the end") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        const std::string nothing = co_await b.read(0);
        CHECK(nothing.empty());
        const std::size_t n = co_await b.read_some(std::span<char>());
        CHECK(n == 0);
        CHECK_FALSE(b.at_eof());
    });
}

TEST_CASE("S154: bytes before the end are still delivered") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await a.write("last words");
        a.close();
        const std::string text = co_await b.read_all();
        CHECK(text == "last words");
        CHECK(b.at_eof());
    });
}

TEST_CASE("readline gives lines, then the rest, then nothing") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await a.write("one\n\ntwo\nrest");
        a.close();
        for (const char* expected : {"one\n", "\n", "two\n", "rest", ""}) {
            const std::string line = co_await b.readline();
            CHECK(line == expected);
        }
    });
}

TEST_CASE("readuntil finds a separator that arrives in pieces") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(
            [](stream& s) -> coro<std::string> { co_return co_await s.readuntil("\r\n\r\n"); },
            std::ref(b));
        for (const char* piece : {"head\r", "\n", "\r", "\nbody"}) {
            co_await a.write(piece);
            co_await nurt::sleep(nurt::milliseconds(1));
        }
        const std::string head = co_await reader;
        CHECK(head == "head\r\n\r\n");
        const std::string body = co_await b.readexactly(4);
        CHECK(body == "body");
    });
}

TEST_CASE("S151: a chunk over the limit is refused and stays readable") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        b.set_limit(4);
        co_await a.write("123456789|x");
        const auto e = co_await error_of<nurt::limit_overrun_error>(b.readuntil("|"));
        CHECK(e.consumed() == 9);
        CHECK(std::string_view(e.what()) == "separator is found, but chunk is longer than limit");
        const std::string all = co_await b.readexactly(11);
        CHECK(all == "123456789|x");
    });
}

TEST_CASE("S151: without a separator the limit bounds what is buffered") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(1 << 20);
        co_await a.write(std::string(200'000, 'x'));
        const auto e = co_await error_of<nurt::limit_overrun_error>(b.readuntil("\r\n"));
        CHECK(e.consumed() > 65536);
        CHECK(e.consumed() < 2 * 65536);
    });
}

TEST_CASE("S151: readline drops the line that is over the limit and goes on with the next") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        b.set_limit(3);
        co_await a.write("toolong\nok\n");
        const auto e = co_await error_of<nurt::limit_overrun_error>(b.readline());
        CHECK(e.consumed() == 7);
        const std::string line = co_await b.readline();
        CHECK(line == "ok\n");
    });
}

TEST_CASE("S153: an end inside readexactly carries what there was") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await a.write("abc");
        a.close();
        const auto e = co_await error_of<nurt::incomplete_read_error>(b.readexactly(5));
        CHECK(e.partial() == "abc");
        CHECK(e.expected() == 5);
        CHECK(std::string_view(e.what()) == "3 bytes read on a total of 5 expected bytes");
        CHECK(b.at_eof());
    });
}

TEST_CASE("S153: an end inside readuntil carries what there was") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await a.write("abc");
        a.close();
        const auto e = co_await error_of<nurt::incomplete_read_error>(b.readuntil("\n"));
        CHECK(e.partial() == "abc");
        CHECK(std::string_view(e.what()) == "3 bytes read on a total of undefined expected bytes");
    });
}

// test_readuntil_multi_separator
TEST_CASE("S152: of several separators the one that ends first ends the chunk") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        co_await a.write("one\r\ntwo\nthree\rABCDE");
        const std::string one = co_await b.readuntil("\n", "\r\n", "\r");
        CHECK(one == "one\r");
        const std::string rest = co_await b.readuntil("two", "\n");
        CHECK(rest == "\n");
        const std::string two = co_await b.readuntil("\r", "\n");
        CHECK(two == "two\n");
        const std::string three = co_await b.readuntil("ABCDE", "BC", "\rA");
        CHECK(three == "three\rA");
        const std::string inner = co_await b.readuntil("BCDE", "CD");
        CHECK(inner == "BCD");
    });
}

TEST_CASE("S152: several separators are found in pieces, however long the others are") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(
            [](stream& s) -> coro<std::string> { co_return co_await s.readuntil("----end", "|!"); },
            std::ref(b));
        for (const char* piece : {"text --", "--en|", "!", "more"}) {
            co_await a.write(piece);
            co_await nurt::sleep(nurt::milliseconds(1));
        }
        const std::string chunk = co_await reader;
        CHECK(chunk == "text ----en|!");
        a.close();
        const auto e = co_await error_of<nurt::incomplete_read_error>(b.readuntil("|!", "\n"));
        CHECK(e.partial() == "more");
    });
}

TEST_CASE("S152: the limit is that of the chunk which ends first") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        b.set_limit(4);
        co_await a.write("1234;56789|x");
        const std::string chunk = co_await b.readuntil("|", ";");
        CHECK(chunk == "1234;");
        const auto e = co_await error_of<nurt::limit_overrun_error>(b.readuntil("|", "x"));
        CHECK(e.consumed() == 5);
        const std::string rest = co_await b.readexactly(7);
        CHECK(rest == "56789|x");
    });
}

TEST_CASE("an empty separator is refused") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        const auto e = co_await error_of<std::invalid_argument>(b.readuntil(""));
        CHECK(std::string_view(e.what()) == "separator should be at least one byte");
        co_await error_of<std::invalid_argument>(b.readuntil("\n", ""));
    });
}

TEST_CASE("S155: a second reader gets usage_error and the first one its bytes") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto first = nurt::create_task(
            [](stream& s) -> coro<std::string> { co_return co_await s.readexactly(6); },
            std::ref(b));
        co_await nurt::sleep(nurt::seconds(0));
        co_await error_of<nurt::usage_error>(b.read(1));
        auto direct = [](stream& s) -> coro<std::size_t> {
            char c[1];
            co_return co_await s.read_some(c);
        };
        co_await error_of<nurt::usage_error>(direct(b));
        co_await a.write("for it");
        const std::string text = co_await first;
        CHECK(text == "for it");
    });
}

TEST_CASE("a write waits for room and gives everything") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(10);
        auto writer = nurt::create_task(
            [](stream& s) -> coro<std::size_t> {
                co_return co_await s.write("0123456789abcdefghij!");
            },
            std::ref(a));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(writer.done());
        const std::string text = co_await b.readexactly(21);
        CHECK(text == "0123456789abcdefghij!");
        const std::size_t written = co_await writer;
        CHECK(written == 21);
    });
}

TEST_CASE("write_some takes what there is room for") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(4);
        const std::size_t written = co_await a.write_some("0123456789");
        CHECK(written == 4);
    });
}

TEST_CASE("writing to a stream whose reader is gone fails") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        b.close();
        auto write = [](stream& s) -> coro<std::size_t> { co_return co_await s.write("x"); };
        const auto e = co_await error_of<nurt::os_error>(write(a));
        CHECK(std::string_view(e.what()) == "write to memory: Broken pipe");
    });
}

TEST_CASE("shutdown_write ends one direction only") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        a.shutdown_write();
        const std::string end = co_await b.read(1);
        CHECK(end.empty());
        co_await b.write("reply");
        const std::string reply = co_await a.readexactly(5);
        CHECK(reply == "reply");
    });
}

TEST_CASE("a cancelled read loses no byte") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(
            [](stream& s) -> coro<std::string> { co_return co_await s.readline(); }, std::ref(b));
        co_await a.write("half a ");
        co_await nurt::sleep(nurt::seconds(0));
        reader.cancel();
        co_await nurt::sleep(nurt::seconds(0));
        co_await nurt::sleep(nurt::seconds(0));
        CHECK(reader.cancelled());
        co_await a.write("line\n");
        const std::string line = co_await b.readline();
        CHECK(line == "half a line\n");
    });
}

TEST_CASE("a long read that is cancelled half-way leaves what had come for the next one") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        const auto cancel_in_the_middle = [&a](coro<std::string> work) -> coro<> {
            auto reader = nurt::create_task(std::move(work));
            for (const char* piece : {"one ", "two "}) {
                co_await a.write(piece);
                co_await nurt::sleep(nurt::seconds(1));
            }
            reader.cancel();
            co_await nurt::sleep(nurt::seconds(1));
            CHECK(reader.cancelled());
        };
        co_await a.write("zero ");
        co_await cancel_in_the_middle(b.readexactly(100));
        const std::string exact = co_await b.readexactly(13);
        CHECK(exact == "zero one two ");
        co_await cancel_in_the_middle(b.read_all());
        co_await cancel_in_the_middle(b.read_all());
        a.close();
        const std::string all = co_await b.read_all();
        CHECK(all == "one two one two ");
    });
}

TEST_CASE("a long read that fails half-way leaves what had come") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(b.readexactly(100));
        co_await a.write("before");
        co_await nurt::sleep(nurt::seconds(1));
        a.abort();
        co_await error_of<nurt::os_error>(
            [](nurt::task<std::string> t) -> coro<std::string> { co_return co_await t; }(reader));
        const std::string rest = co_await b.readexactly(6);
        CHECK(rest == "before");
    });
}

TEST_CASE("P3: a write that was cancelled half-way allows no further write") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(4);
        auto write = [](stream& s) -> coro<std::size_t> {
            co_return co_await s.write("0123456789");
        };
        auto writer = nurt::create_task(write, std::ref(a));
        co_await nurt::sleep(nurt::seconds(1));
        writer.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(writer.cancelled());
        const auto e = co_await error_of<nurt::usage_error>(write(a));
        CHECK(std::string_view(e.what()) == "a write to this stream was cancelled half-way");
        const std::string text = co_await b.read(10);
        CHECK(text == "0123");
    });
}

TEST_CASE("a write that was cancelled before its first byte can be repeated") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(4);
        co_await a.write("full");
        auto write = [](stream& s) -> coro<std::size_t> { co_return co_await s.write("more"); };
        auto writer = nurt::create_task(write, std::ref(a));
        co_await nurt::sleep(nurt::seconds(1));
        writer.cancel();
        co_await nurt::sleep(nurt::seconds(1));
        auto again = nurt::create_task(write, std::ref(a));
        const std::string text = co_await b.readexactly(8);
        CHECK(text == "fullmore");
        co_await again;
    });
}

TEST_CASE("closing a stream ends the read of another task with an error") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto reader = nurt::create_task(
            [](stream& s) -> coro<std::string> { co_return co_await s.readline(); }, std::ref(b));
        co_await nurt::sleep(nurt::seconds(1));
        b.close();
        auto wait = [](nurt::task<std::string> t) -> coro<std::string> { co_return co_await t; };
        const auto e = co_await error_of<nurt::os_error>(wait(reader));
        CHECK(std::string_view(e.what()) == "read from memory: Operation canceled");
        co_await error_of<nurt::usage_error>(b.read(1));
    });
}

TEST_CASE("a stream may be destroyed while a task waits on it") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        auto holder = std::make_unique<stream>(std::move(b));
        auto reader = nurt::create_task(
            [](stream& s) -> coro<std::size_t> {
                char buffer[4];
                co_return co_await s.read_some(buffer);
            },
            std::ref(*holder));
        co_await nurt::sleep(nurt::seconds(1));
        holder.reset();
        auto wait = [](nurt::task<std::size_t> t) -> coro<std::size_t> { co_return co_await t; };
        co_await error_of<nurt::os_error>(wait(reader));
    });
}

TEST_CASE("S165: abort resets the other end") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        a.abort();
        const auto e = co_await error_of<nurt::os_error>(b.read(1));
        CHECK(std::string_view(e.what()) == "read from memory: Connection reset by peer");
    });
}

TEST_CASE("a closed stream says so") {
    in_sim([]() -> coro<void> {
        stream s;
        CHECK(s.is_closed());
        CHECK(s.at_eof());
        co_await s.close();
        auto read = [](stream& closed) -> coro<std::string> { co_return co_await closed.read(1); };
        const auto e = co_await error_of<nurt::usage_error>(read(s));
        CHECK(std::string_view(e.what()) == "the stream is closed");
    });
}

TEST_CASE("operations that are ready at once let others run after a while") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair(1 << 20);
        bool ran = false;
        auto other = nurt::create_task(
            [](bool& flag) -> coro<void> {
                flag = true;
                co_return;
            },
            std::ref(ran));
        int writes = 0;
        while (!ran && writes < 1000) {
            co_await a.write("x");
            ++writes;
        }
        CHECK(writes < 200);
        CHECK(writes > 100);
        co_await other;
    });
}

TEST_CASE("release gives the connection out of a stream that is idle") {
    in_sim([]() -> coro<void> {
        auto [a, b] = nurt::memory_stream_pair();
        stream moved(b.release());
        CHECK(b.is_closed());
        co_await a.write("on");
        const std::string text = co_await moved.readexactly(2);
        CHECK(text == "on");
        co_await a.write("left over");
        co_await moved.readuntil("l");
        CHECK_THROWS_AS(moved.release(), nurt::usage_error);
    });
}

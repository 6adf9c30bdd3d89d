// SPDX-License-Identifier: MIT
// tests/parity/oracle/streams.cpp: reading a stream that is fed by hand.
#include "oracle.hpp"

#include "nurt/stream/memory_stream.hpp"

using namespace nurt;
using oracle::caught;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

const program lines("streams/lines", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    co_await to.write("one\n\ntwo\nrest");
    for (int i = 0; i < 3; ++i) {
        const std::string line = co_await from.readline();
        say(line, from.at_eof());
    }
    to.close();
    for (int i = 0; i < 3; ++i) {
        const std::string line = co_await from.readline();
        say(line, from.at_eof());
    }
});

coro<> say_result(coro<std::string> reading) {
    const std::string text = co_await std::move(reading);
    say(text);
}

const program until("streams/until", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    co_await to.write("one\r\ntwo\nthree\rABCDE|");
    co_await say_result(from.readuntil("\n", "\r\n", "\r"));
    co_await say_result(from.readuntil("two", "\n"));
    co_await say_result(from.readuntil("\r", "\n"));
    co_await say_result(from.readuntil("ABCDE", "BC", "\rA"));
    co_await say_result(from.readuntil("BCDE", "CD"));
    co_await say_result(from.readuntil("|"));
});

coro<> read_message(stream& from) {
    const std::string head = co_await from.readuntil("\r\n\r\n");
    say("head", head);
    const std::string body = co_await from.readexactly(4);
    say("body", body);
}

const program pieces("streams/pieces", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    const task<> reading = create_task(read_message(from));
    for (const char* piece : {"head\r", "\n", "\r", "\nbo", "dy"}) {
        co_await sleep(seconds(1));
        say("feed", piece);
        co_await to.write(piece);
    }
    co_await reading;
});

const program exactly("streams/exactly", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    co_await to.write("abcdefg");
    co_await tell("three", from.readexactly(3));
    co_await tell("none", from.readexactly(0));
    to.close();
    co_await tell("five", from.readexactly(5));
    say(from.at_eof());
    co_await tell("one", from.readexactly(1));
});

const program until_the_end("streams/until_the_end", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    co_await to.write("abc;de");
    to.close();
    co_await tell("found", from.readuntil(";"));
    co_await tell("ended", from.readuntil(";"));
    co_await tell("again", from.readuntil(";"));
});

const program sizes("streams/sizes", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    co_await tell("zero", from.read(0));
    co_await to.write("hello");
    co_await tell("two", from.read(2));
    co_await tell("hundred", from.read(100));
    co_await to.write("wo");
    co_await to.write("rld");
    to.close();
    say(from.at_eof());
    co_await tell("all", from.read_all());
    say(from.at_eof());
    co_await tell("end", from.read(10));
    co_await tell("end", from.read_all());
});

coro<> say_line(stream& from) {
    try {
        const std::string line = co_await from.readline();
        say(line);
    } catch (const limit_overrun_error&) {
        say("the line is too long");
    }
}

const program limits("streams/limits", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    from.set_limit(4);
    co_await to.write("123456789|x;");
    co_await tell("found", from.readuntil("|"));
    co_await tell("not found", from.readuntil("---"));
    co_await tell("there", from.readexactly(10));
    co_await tell("short", from.readuntil(";"));
    co_await to.write("too long\n1234\nok\n");
    co_await say_line(from);
    co_await say_line(from);
    co_await say_line(from);
    co_await to.write("without an end");
    co_await say_line(from);
    co_await to.write("new\n");
    co_await say_line(from);
});

coro<> read_twice(stream& from) {
    say("reading");
    for (int i = 0; i < 2; ++i) {
        const std::string got = co_await from.read(10);
        say("got", got);
    }
}

const program wakes("streams/wakes", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    const task<> reading = create_task(read_twice(from));
    co_await sleep(seconds(0));
    co_await to.write("some");
    say("fed");
    co_await sleep(seconds(0));
    say("after");
    co_await sleep(seconds(0));
    to.close();
    say("ended");
    co_await reading;
    say("done");
});

const program two_readers("streams/two_readers", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    const task<> first = create_task(tell("first", from.readexactly(6)));
    co_await sleep(seconds(1));
    co_await tell("second", from.readline());
    co_await tell("third", from.read(1));
    co_await to.write("for it");
    co_await first;
    co_await to.write("free");
    co_await tell("next", from.read(10));
});

const program cancelled("streams/cancelled", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    const task<> reading = create_task(tell("task", from.readline()));
    co_await to.write("half a ");
    co_await sleep(seconds(1));
    reading.cancel("enough");
    co_await sleep(seconds(1));
    co_await to.write("line\nmore");
    co_await tell("main", from.readline());
    const task<> late = create_task(tell("late", from.readexactly(10)));
    co_await sleep(seconds(1));
    late.cancel();
    co_await sleep(seconds(1));
    co_await tell("rest", from.read(10));
});

const program reset("streams/reset", []() -> coro<> {
    auto [to, from] = memory_stream_pair();
    const task<> waiting = create_task(tell("waiting", from.readline()));
    co_await sleep(seconds(1));
    to.abort();
    co_await waiting;
    co_await tell("later", from.read(1));
    co_await tell("exactly", from.readexactly(1));
});

}  // namespace

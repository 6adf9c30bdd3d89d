// SPDX-License-Identifier: MIT
// What a stream promises holds over TLS.
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <cerrno>
#include <functional>

#include <openssl/err.h>
#include <openssl/sslerr.h>

using nurt::coro;
using nurt::create_task;
using nurt::milliseconds;
using nurt::seconds;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_task;
using nurt_test::site;
using nurt_test::stopwatch;
using nurt_test::tls_ends;
using nurt_test::tls_pair;
using nurt_test::trusting;

namespace {

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>(i * 2654435761U >> 13);
    }
    return text;
}

coro<void> send(stream& to, std::string text) {
    co_await to.write(text);
}

coro<void> end_of(nurt::task<void> t) {
    co_await nurt::as_result(t);
}

}  // namespace

TEST_CASE("lines go both ways") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("question\n");
        const std::string question = co_await ends.server.readline();
        CHECK(question == "question\n");
        co_await ends.server.write("answer\n");
        const std::string answer = co_await ends.client.readline();
        CHECK(answer == "answer\n");
    });
}

TEST_CASE("a megabyte comes whole through a pipe that holds a thousand bytes") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        const std::string text = pattern(1'000'000);
        auto there = create_task(send, std::ref(ends.client), text);
        auto back = create_task(send, std::ref(ends.server), text);
        const std::string at_server = co_await ends.server.readexactly(text.size());
        const std::string at_client = co_await ends.client.readexactly(text.size());
        CHECK(at_server == text);
        CHECK(at_client == text);
        co_await there;
        co_await back;
    });
}

TEST_CASE("a write that ends has been taken by the connection below") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto writing = create_task(send, std::ref(ends.client), std::string(5000, 'x'));
        co_await nurt::sleep(seconds(1));
        CHECK(!writing.done());
        const std::string all = co_await ends.server.readexactly(5000);
        CHECK(all == std::string(5000, 'x'));
        co_await writing;
    });
}

TEST_CASE("reading a byte at a time gives every byte") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("some words");
        std::string got;
        for (int i = 0; i < 10; ++i) {
            char one = 0;
            co_await ends.server.read_some(std::span<char>(&one, 1));
            got += one;
        }
        CHECK(got == "some words");
    });
}

TEST_CASE("one read takes several records if they are there") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("some ");
        co_await ends.client.write("words");
        char room[100];
        const std::size_t n = co_await ends.server.read_some(room);
        CHECK(std::string(room, n) == "some words");
    });
}

TEST_CASE("a question gets its answer") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        auto answer = create_task(send, std::ref(ends.server), std::string("answer"));
        char room[100];
        const std::size_t n = co_await ends.client.exchange("question", room);
        CHECK(std::string(room, n) == "answer");
        const std::string question = co_await ends.server.read(100);
        CHECK(question == "question");
        co_await answer;
    });
}

TEST_CASE("a read that times out loses nothing") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        auto bounded = [](stream& s) -> coro<void> {
            co_await nurt::wait_for(s.read(100), seconds(1));
        };
        co_await error_of<nurt::timeout_error>(bounded(ends.server));
        co_await ends.client.write("all of it");
        const std::string text = co_await ends.server.read(100);
        CHECK(text == "all of it");
    });
}

TEST_CASE("a write that is cancelled before it began may be repeated") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto first = create_task(send, std::ref(ends.client), std::string(2000, 'a'));
        co_await nurt::sleep(seconds(1));
        first.cancel();
        co_await end_of(first);
        // All of the first was encrypted, so it counts as written.
        CHECK(!first.cancelled());
        auto second = create_task(send, std::ref(ends.client), std::string("b"));
        co_await nurt::sleep(seconds(1));
        second.cancel();
        co_await end_of(second);
        CHECK(second.cancelled());
        auto third = create_task(send, std::ref(ends.client), std::string("c"));
        const std::string all = co_await ends.server.readexactly(2001);
        CHECK(all == std::string(2000, 'a') + "c");
        co_await third;
    });
}

TEST_CASE("a write that was cancelled half-way leaves a stream that takes no more") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto writing = create_task(send, std::ref(ends.client), std::string(100'000, 'x'));
        co_await nurt::sleep(seconds(1));
        writing.cancel();
        co_await end_of(writing);
        CHECK(writing.cancelled());
        co_await error_of<nurt::usage_error>(send(ends.client, "more"));
    });
}

TEST_CASE("closing says so: the peer reads the end of the stream after all that was written") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("the last words");
        ends.client.close();
        const std::string all = co_await ends.server.read_all();
        CHECK(all == "the last words");
        CHECK(ends.server.at_eof());
    });
}

TEST_CASE("who has written its last may go on reading") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("question");
        ends.client.shutdown_write();
        const std::string question = co_await ends.server.read_all();
        CHECK(question == "question");
        co_await ends.server.write("answer");
        ends.server.shutdown_write();
        const std::string answer = co_await ends.client.read_all();
        CHECK(answer == "answer");
        const auto e = co_await error_of<nurt::os_error>(send(ends.client, "more"));
        CHECK(e.number() == EPIPE);
    });
}

TEST_CASE("a connection that ends without close_notify is an error, after what has come") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.client.write("half of the mess");
        ends.below->close(nurt::io::closing::flush);
        const std::string text = co_await ends.server.read(100);
        CHECK(text == "half of the mess");
        const auto e = co_await error_of<nurt::tls_error>(ends.server.read(100));
        CHECK(e.reason() == nurt::tls_errc::truncated);
        CHECK(std::string(e.what()) ==
              "read from memory: the connection ended without close_notify");
    });
}

TEST_CASE("who says so takes the end of the connection for the end of the stream") {
    in_task([]() -> coro<void> {
        const auto lenient = nurt_test::site_options().insecure_accept_truncation();
        tls_ends ends = co_await tls_pair(trusting(), lenient);
        ends.below->close(nurt::io::closing::flush);
        const std::string text = co_await ends.server.read(100);
        CHECK(text.empty());
    });
}

TEST_CASE("a stream that closes with unsent bytes sends them, and says goodbye") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto writing = create_task(send, std::ref(ends.client), std::string(5000, 'x'));
        co_await nurt::sleep(seconds(1));
        writing.cancel();
        co_await end_of(writing);
        {
            const stream gone = std::move(ends.client);
        }
        const std::string all = co_await ends.server.read_all();
        CHECK(all == std::string(5000, 'x'));
    });
}

TEST_CASE("a peer that does not read gets a reset when the shutdown timeout has passed") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto writing = create_task(send, std::ref(ends.client), std::string(5000, 'x'));
        co_await nurt::sleep(seconds(1));
        const stopwatch time;
        ends.client.close();
        CHECK(time.seconds() == 0);
        co_await end_of(writing);
        co_await nurt::sleep(seconds(4));
        std::string got;
        const auto e =
            co_await error_of<nurt::os_error>([](stream& s, std::string& to) -> coro<void> {
                to = co_await s.read_all();
            }(ends.server, got));
        CHECK(e.number() == ECONNRESET);
    });
}

TEST_CASE("shutdown waits for the answer of the peer") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        auto answering = create_task(
            [](stream& s) -> coro<void> {
                co_await s.read_all();
                co_await nurt::sleep(seconds(2));
                s.close();
            },
            std::ref(ends.server));
        const stopwatch time;
        co_await nurt::tls::shutdown(std::move(ends.client));
        CHECK(time.seconds() == 2);
        co_await answering;
    });
}

TEST_CASE("a peer that never answers bounds shutdown to three seconds") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        const stopwatch time;
        const auto e =
            co_await error_of<nurt::timeout_error>(nurt::tls::shutdown(std::move(ends.client)));
        CHECK(time.seconds() == 3);
        CHECK(std::string(e.what()) == "TLS shutdown with memory: timed out");
    });
}

TEST_CASE("closing a stream under its reader and writer ends them with ECANCELED") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 1000);
        auto number = [](coro<void> work) -> coro<int> {
            const auto e = co_await error_of<nurt::os_error>(std::move(work));
            co_return e.number();
        };
        auto read = [](stream& s) -> coro<void> { co_await s.read(1); };
        auto reading = create_task(number(read(ends.client)));
        auto writing = create_task(number(send(ends.client, std::string(100'000, 'x'))));
        co_await nurt::sleep(seconds(1));
        ends.client.close();
        const int at_read = co_await reading;
        const int at_write = co_await writing;
        CHECK(at_read == ECANCELED);
        CHECK(at_write == ECANCELED);
    });
}

TEST_CASE("what others leave in OpenSSL's queue of errors is not taken for ours") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        auto reading = create_task(ends.server.read(100));
        co_await nurt::sleep(seconds(1));
        ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
        co_await ends.client.write("words");
        ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
        const std::string text = co_await reading;
        CHECK(text == "words");
        ERR_raise(ERR_LIB_SSL, SSL_R_BAD_LENGTH);
        ends.client.close();
        const std::string end = co_await ends.server.read(100);
        CHECK(end.empty());
        ERR_clear_error();
    });
}

TEST_CASE(
    "a record that was tampered with is a protocol error on both sides, and leaves no trace") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        nurt_test::inject(*ends.below, nurt_test::forged_record());
        const auto at_server = co_await error_of<nurt::tls_error>(ends.server.read(100));
        CHECK(at_server.reason() == nurt::tls_errc::protocol);
        CHECK(std::string(at_server.what()) ==
              "read from memory: decryption failed or bad record mac");
        const auto at_client = co_await error_of<nurt::tls_error>(ends.client.read(100));
        CHECK(at_client.reason() == nurt::tls_errc::rejected);
        CHECK(ERR_peek_error() == 0);
    });
}

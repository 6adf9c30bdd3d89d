// SPDX-License-Identifier: MIT
// S172: TLS.
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <string>

using nurt::coro;
using nurt::create_task;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_task;
using nurt_test::site;
using nurt_test::stopwatch;
using nurt_test::tls_ends;
using nurt_test::tls_pair;
using nurt_test::trusting;

namespace tls = nurt::tls;

// CPython: test_sslproto.py, test_handshake_timeout_handler; sixty seconds there, ten here.
TEST_CASE("S172: a handshake has ten seconds") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        const stopwatch time;
        co_await error_of<nurt::timeout_error>(tls::start(std::move(there), site()));
        CHECK(time.seconds() == 10);
    });
}

// CPython: test_ssl.py, test_shutdown_timeout; thirty seconds there, three here.
TEST_CASE("S172: a shutdown has three seconds") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        const stopwatch time;
        co_await error_of<nurt::timeout_error>(tls::shutdown(std::move(ends.client)));
        CHECK(time.seconds() == 3);
    });
}

// CPython: test_ssl.py, test_remote_shutdown_receives_trailing_data: the peer has said that it will
// send nothing more, and still gets all that was on its way to it.
TEST_CASE("S172: a peer that has shut down receives trailing data") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair(trusting(), site(), 2000);
        auto writing = create_task(
            [](stream& s) -> coro<void> {
                co_await s.write(std::string(100'000, 'A'));
                s.close();
            },
            std::ref(ends.client));
        co_await nurt::sleep(nurt::seconds(1));
        ends.server.shutdown_write();
        const std::string all = co_await ends.server.read_all();
        CHECK(all == std::string(100'000, 'A'));
        co_await writing;
    });
}

// CPython: test_ssl.py, test_remote_shutdown_receives_trailing_data, from the other end.
TEST_CASE("S172: what was sent before close_notify is read before the end") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.server.write("trailing ");
        co_await ends.server.write("data");
        ends.server.shutdown_write();
        co_await nurt::sleep(nurt::seconds(1));
        co_await ends.client.write("nobody reads it");
        const std::string all = co_await ends.client.read_all();
        CHECK(all == "trailing data");
    });
}

// CPython: test_streams.py, test_start_tls_buffered_data: the client's hello is in the reader's
// buffer when the server begins.
TEST_CASE("S172: start_tls takes what the stream has buffered") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        auto client = [](stream s) -> coro<std::string> {
            co_await s.write("STARTTLS\n");
            stream safe = co_await tls::start(std::move(s), "localhost", trusting());
            co_await safe.write("over TLS\n");
            co_return co_await safe.readline();
        };
        auto talking = create_task(client, std::move(here));
        co_await nurt::sleep(nurt::seconds(1));  // the line and the hello come together
        const std::string command = co_await there.readline();
        CHECK(command == "STARTTLS\n");
        stream safe = co_await tls::start(std::move(there), site());
        const std::string line = co_await safe.readline();
        CHECK(line == "over TLS\n");
        co_await safe.write("answer\n");
        const std::string answer = co_await talking;
        CHECK(answer == "answer\n");
    });
}

// CVE-2011-0411 and its kin: a command that somebody put behind STARTTLS must not be obeyed as if it
// had come over TLS.
TEST_CASE("S172: plaintext that was buffered before start_tls is never read after it") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        co_await here.write("STARTTLS\nRCPT TO:<victim@example.org>\n");
        co_await there.readline();
        const auto e = co_await error_of<nurt::tls_error>(tls::start(std::move(there), site()));
        CHECK(e.reason() == nurt::tls_errc::protocol);
    });
}

// The same for answers that somebody put in front of the server's hello.
TEST_CASE("S172: a client does not believe an answer from before start_tls either") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        co_await there.write("220 go ahead\n235 you are the administrator\n");
        co_await here.readline();
        co_await error_of<nurt::tls_error>(tls::start(std::move(here), "localhost", trusting()));
    });
}

TEST_CASE("S172: start_tls on a stream that somebody reads is refused") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        auto reading =
            create_task([](stream& s) -> coro<void> { co_await s.read(1); }, std::ref(there));
        co_await nurt::sleep(nurt::seconds(1));
        auto upgrade = [](stream& s) -> coro<void> { co_await tls::start(std::move(s), site()); };
        co_await error_of<nurt::usage_error>(upgrade(there));
        const auto ended = co_await nurt::as_result(reading);
        CHECK(!ended);  // it is closed
    });
}

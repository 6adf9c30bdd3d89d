// SPDX-License-Identifier: MIT
// What a connection says at its end, and about peers that keep to the letter of the protocol only.
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/tls/detail/connection.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <functional>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>

using nurt::coro;
using nurt::create_task;
using nurt::seconds;
using nurt::stream;
using nurt::tls_errc;
using nurt::tls_error;
using nurt_test::error_of;
using nurt_test::in_task;
using nurt_test::site;
using nurt_test::tls_ends;
using nurt_test::tls_pair;
using nurt_test::trusting;

namespace {

SSL* ssl_of(const stream& s) {
    return dynamic_cast<nurt::tls::detail::tls_stream&>(*s.shared()->bytes).tls().ssl();
}

coro<void> carry(stream& from, stream& to) {
    auto memory = std::make_unique<char[]>(4096);
    for (;;) {
        const std::size_t n = co_await from.read_some(std::span<char>(memory.get(), 4096));
        if (n == 0) {
            co_return;
        }
        co_await to.write(std::string_view(memory.get(), n));
    }
}

coro<void> carry_once(stream& from, stream& to) {
    const std::string bytes = co_await from.read(65536);
    co_await to.write(bytes);
}

// Both ends, and a wire between them that the test carries the server's words over by hand.
struct wired {
    wired(stream c, stream s, stream near_client, stream near_server)
        : client(std::move(c)),
          server(std::move(s)),
          to_client(std::move(near_client)),
          from_server(std::move(near_server)) {}
    stream client;
    stream server;
    stream to_client;
    stream from_server;
};

// As a server closes its clients, which is no matter of the stream's owner.
void close_from_outside(const nurt::detail::stream_ref& s) {
    s->closed = true;
    s->bytes->close(nurt::io::closing::flush);
}

coro<wired> connect_by_wire() {
    auto [here, to_client] = nurt::memory_stream_pair();
    auto [there, from_server] = nurt::memory_stream_pair();
    auto forth = create_task(carry(to_client, from_server));
    auto back = create_task(carry(from_server, to_client));
    auto serving = create_task(nurt::tls::start(std::move(there), site()));
    stream c = co_await nurt::tls::start(std::move(here), "localhost", trusting());
    stream s = co_await std::move(serving);
    co_await s.write("x");
    const std::string got = co_await c.read(1);
    CHECK(got == "x");
    forth.cancel();
    back.cancel();
    co_await nurt::as_result(forth);
    co_await nurt::as_result(back);
    co_return wired(std::move(c), std::move(s), std::move(to_client), std::move(from_server));
}

// A ticket of several records, as a server sends it that keeps much in one, and writes small ones.
void send_long_ticket(const stream& server) {
    SSL* ssl = ssl_of(server);
    const std::string much(2000, 'm');
    REQUIRE(SSL_set_max_send_fragment(ssl, 512) == 1);
    REQUIRE(SSL_SESSION_set1_ticket_appdata(SSL_get0_session(ssl), much.data(), much.size()) == 1);
    REQUIRE(SSL_new_session_ticket(ssl) == 1);
}

// Of what the server has said now, its first record is in client's hands.
coro<std::string> deliver_one_record(wired& w) {
    std::string said = co_await w.from_server.read(65536);
    REQUIRE(said.size() > 1000);
    const std::size_t first =
        5 + static_cast<unsigned char>(said[3]) * 256U + static_cast<unsigned char>(said[4]);
    co_await w.to_client.write(said.substr(0, first));
    co_return said.substr(first);
}

coro<void> write_to(stream& s, std::string text) {
    co_await s.write(text);
}

template <class T>
coro<void> try_a_second(coro<T> work) {
    bool late = false;
    try {
        co_await nurt::wait_for(std::move(work), seconds(1));
    } catch (const nurt::timeout_error&) {
        late = true;
    }
    CHECK(late);
}

coro<void> write_amid_ticket(bool somebody_reads) {
    wired w = co_await connect_by_wire();
    send_long_ticket(w.server);
    co_await w.server.write("y");
    const std::string rest = co_await deliver_one_record(w);
    auto reading = create_task(w.client.read(1));
    co_await nurt::sleep(seconds(1));
    if (!somebody_reads) {
        reading.cancel();
        co_await nurt::as_result(reading);
    }
    auto writing = create_task(write_to, std::ref(w.client), std::string("question"));
    co_await nurt::sleep(seconds(1));
    co_await w.to_client.write(rest);
    co_await writing;
    const std::string said = co_await w.to_client.read(1000);
    co_await w.from_server.write(said);
    const std::string question = co_await w.server.read(100);
    CHECK(question == "question");
    if (!somebody_reads) {
        reading = create_task(w.client.read(1));
    }
    const std::string answer = co_await reading;
    CHECK(answer == "y");
}

}  // namespace

TEST_CASE("a fatal alert behind the last bytes is an error, and never the end of the stream") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.server.write("half of the mess");
        nurt_test::inject(*ends.below, nurt_test::forged_record());
        co_await error_of<tls_error>(ends.server.read(100));  // and says so to the client
        const std::string text = co_await ends.client.read(100);
        CHECK(text == "half of the mess");
        for (int i = 0; i < 2; ++i) {
            const auto e = co_await error_of<tls_error>(ends.client.read(100));
            CHECK(e.reason() == tls_errc::rejected);
        }
    });
}

TEST_CASE("an alert in the queue of errors that is another connection's does not spoil the end") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        ends.client.close();
        ERR_raise(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_UNKNOWN_CA);
        const std::string end = co_await ends.server.read(100);
        CHECK(end.empty());
        ERR_clear_error();
    });
}

TEST_CASE("a stream that cannot be written any more is read to its end") {
    in_task([]() -> coro<void> {
        tls_ends ends = co_await tls_pair();
        co_await ends.server.write("last words");
        ends.server.close();
        co_await error_of<nurt::os_error>(write_to(ends.client, "nobody listens"));
        const std::string text = co_await ends.client.read_all();
        CHECK(text == "last words");
    });
}

TEST_CASE("what is written while half of a ticket is there arrives when the rest has come") {
    in_task([] { return write_amid_ticket(true); });
    in_task([] { return write_amid_ticket(false); });
}

TEST_CASE("a write that waits for the rest of a ticket may be cancelled, and tried again") {
    in_task([]() -> coro<void> {
        wired w = co_await connect_by_wire();
        send_long_ticket(w.server);
        co_await w.server.write("y");
        const std::string rest = co_await deliver_one_record(w);
        co_await try_a_second(w.client.read(1));
        co_await try_a_second(write_to(w.client, "too early"));
        co_await w.to_client.write(rest);
        co_await w.client.write("question");
        const std::string said = co_await w.to_client.read(1000);
        co_await w.from_server.write(said);
        const std::string question = co_await w.server.read(100);
        CHECK(question == "question");
    });
}

TEST_CASE("a connection that ends in the middle of a ticket ends a write that waits for its rest") {
    in_task([]() -> coro<void> {
        wired w = co_await connect_by_wire();
        send_long_ticket(w.server);
        co_await w.server.write("y");
        co_await deliver_one_record(w);
        co_await try_a_second(w.client.read(1));
        auto writing = create_task(error_of<tls_error>(write_to(w.client, "question")));
        co_await nurt::sleep(seconds(1));
        w.to_client.close();
        const auto e = co_await std::move(writing);
        CHECK(e.reason() == tls_errc::truncated);
    });
}

TEST_CASE("a connection that is closed under the last step of its handshake is an error") {
    in_task([]() -> coro<void> {
        auto [here, to_client] = nurt::memory_stream_pair();
        auto [there, from_server] = nurt::memory_stream_pair();
        const auto shared = there.shared();
        // Without tickets, so that the server has nothing to say after the client's last words.
        const nurt::tls::server_context silent(nurt_test::site_options().no_session_resumption());
        auto serving = create_task(nurt::tls::start(std::move(there), silent));
        auto shaking = create_task(nurt::tls::start(std::move(here), "localhost", trusting()));
        co_await carry_once(to_client, from_server);
        co_await carry_once(from_server, to_client);
        const stream client = co_await std::move(shaking);
        co_await carry_once(to_client, from_server);
        close_from_outside(shared);  // and the server has not had its turn yet
        const auto ended = co_await nurt::as_result(std::move(serving));
        CHECK(!ended);
    });
}

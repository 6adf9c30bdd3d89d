// SPDX-License-Identifier: MIT
// Clients and servers on a network, and what it does to them.
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <cerrno>
#include <vector>

using nurt::coro;
using nurt::create_task;
using nurt::milliseconds;
using nurt::seconds;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::site;
using nurt_test::site_options;
using nurt_test::trusting;

namespace {

namespace tls = nurt::tls;

coro<void> echo(stream s) {
    auto buffer = std::make_unique<char[]>(20'000);
    for (;;) {
        const std::size_t n = co_await s.read_some(std::span<char>(buffer.get(), 20'000));
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(buffer.get(), n));
    }
}

// For tests that cut connections: the server's side of it is not what they are about.
coro<void> patient_echo(stream s) {
    try {
        co_await echo(std::move(s));
    } catch (const nurt::error&) {
    }
}

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>(i * 2654435761U >> 13);
    }
    return text;
}

coro<void> send(stream& to, const std::string& text) {
    co_await to.write(text);
}

coro<void> expect(stream& from, const std::string& text) {
    const std::string got = co_await from.readexactly(text.size());
    CHECK(got == text);
}

// Everything that a client does, with something to wait for in each step.
coro<void> conversation(tls::client_context client, std::uint16_t port) {
    stream s = co_await tls::connect("localhost", port, client);
    const std::string text = pattern(50'000);
    co_await nurt::gather(nurt::cancel_on_error, send(s, text), expect(s, text));
    co_await s.write("bye");
    const std::string bye = co_await s.readexactly(3);
    CHECK(bye == "bye");
    co_await tls::shutdown(std::move(s));
}

}  // namespace

TEST_CASE("a client and a server find each other over TCP") {
    in_sim([]() -> coro<void> {
        auto server = co_await tls::start_server(echo, "localhost", 0, site());
        co_await conversation(trusting(), server.port());
    });
}

TEST_CASE("bytes arrive whole whatever the network does to their pieces") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const nurt::sim::faults plan{.latency = milliseconds(3),
                                     .jitter = milliseconds(10),
                                     .short_reads = 0.5,
                                     .short_writes = 0.5,
                                     .buffer = 5000};
        auto body = []() -> coro<void> {
            auto server = co_await tls::start_server(echo, "localhost", 0, site());
            co_await conversation(trusting(), server.port());
        };
        in_sim(body, plan, seed);
    }
}

TEST_CASE("a client may be stopped at any moment: nothing leaks and the server goes on") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(1);
    plan.buffer = 8000;
    in_sim(
        []() -> coro<void> {
            auto server = co_await tls::start_server(patient_echo, "localhost", 0, site());
            const auto client = trusting();
            int stopped = 0;
            for (int limit = 0; limit < 60; ++limit) {
                try {
                    co_await nurt::wait_for(conversation(client, server.port()),
                                            milliseconds(limit));
                } catch (const nurt::timeout_error&) {
                    ++stopped;
                }
            }
            CHECK(stopped > 10);
            CHECK(stopped < 60);
            co_await conversation(client, server.port());
        },
        plan);
}

TEST_CASE("a server's handler may be stopped at any moment") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(1);
    plan.buffer = 8000;
    in_sim(
        []() -> coro<void> {
            const auto context = site();
            for (int limit = 0; limit < 40; ++limit) {
                auto listener = co_await nurt::listen("127.0.0.1", 0);
                auto serve = [](nurt::listener& l, tls::server_context c) -> coro<void> {
                    stream plain = co_await l.accept();
                    stream s = co_await tls::start(std::move(plain), std::move(c));
                    co_await echo(std::move(s));
                };
                auto serving = create_task(serve, std::ref(listener), context);
                auto talking = create_task(conversation(trusting(), listener.port()));
                co_await nurt::sleep(milliseconds(limit));
                serving.cancel();
                co_await nurt::as_result(serving);
                talking.cancel();
                co_await nurt::as_result(talking);
            }
        },
        plan);
}

TEST_CASE("a connection that is reset gives an error in every state") {
    for (std::size_t bytes = 100; bytes < 60'000; bytes += bytes < 4000 ? 200 : 5000) {
        nurt::sim::faults plan;
        plan.reset_after = bytes;
        auto body = []() -> coro<void> {
            auto server = co_await tls::start_server(patient_echo, "localhost", 0, site());
            co_await error_of<nurt::os_error>(conversation(trusting(), server.port()));
        };
        in_sim(body, plan);
    }
}

TEST_CASE("clients that cannot shake hands do not disturb a server, which hears of them") {
    in_sim([]() -> coro<void> {
        std::vector<std::string> heard;
        auto options = site_options().on_handshake_error(
            [&heard](const std::exception& e) { heard.emplace_back(e.what()); });
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, options);
        stream plain = co_await nurt::connect("127.0.0.1", server.port());
        co_await plain.write("USER anonymous\r\n");
        const std::string answer = co_await plain.read_all();
        CHECK(answer.empty());
        co_await conversation(trusting(), server.port());
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].ends_with(": the peer does not speak TLS: wrong version number"));
    });
}

TEST_CASE("who hears of a failed handshake may give the server other options") {
    in_sim([]() -> coro<void> {
        std::vector<std::string> heard;
        tls::server_context context = site();
        tls::server_context* changed = &context;
        const std::string mark(100, 'm');
        auto options =
            site_options().on_handshake_error([&heard, changed, mark](const std::exception&) {
                changed->assign(site_options());
                heard.push_back(mark);
            });
        context.assign(options);
        options = site_options();  // the context has the only one
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, context);
        stream plain = co_await nurt::connect("127.0.0.1", server.port());
        co_await plain.write("USER anonymous\r\n");
        co_await plain.read_all();
        CHECK(heard == std::vector<std::string>(1, mark));
    });
}

TEST_CASE("a client that only connects is dropped when the handshake's time is over") {
    in_sim([]() -> coro<void> {
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, site());
        stream plain = co_await nurt::connect("127.0.0.1", server.port());
        const nurt_test::stopwatch time;
        const std::string answer = co_await plain.read_all();
        CHECK(answer.empty());
        CHECK(time.seconds() == 10);
        CHECK(server.connections() == 0);
    });
}

TEST_CASE("a server that closes its clients says so to them") {
    in_sim([]() -> coro<void> {
        auto server = co_await tls::start_server(echo, "localhost", 0, site());
        stream s = co_await tls::connect("localhost", server.port(), trusting());
        co_await s.write("x");
        co_await s.readexactly(1);
        server.close_clients();
        const std::string rest = co_await s.read_all();  // and not: truncated
        CHECK(rest.empty());
        server.close();
        co_await server.wait_closed();
    });
}

TEST_CASE("a server may close its clients at any moment of their handshake") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(1);
    plan.buffer = 300;  // so that each side waits until the other has read
    int unfinished = 0;
    for (int moment = 0; moment < 120; ++moment) {
        in_sim(
            [&]() -> coro<void> {
                auto options = site_options().on_handshake_error(
                    [&unfinished](const std::exception&) { ++unfinished; });
                auto server = co_await tls::start_server(patient_echo, "localhost", 0, options);
                auto client = create_task(conversation(trusting(), server.port()));
                co_await nurt::sleep(nurt::duration::nanoseconds(moment * 250'000));
                server.close_clients();
                server.close();
                co_await server.wait_closed();
                co_await nurt::as_result(client);
            },
            plan);
    }
    CHECK(unfinished > 10);
    CHECK(unfinished < 110);
}

TEST_CASE("errors name the host and its address") {
    in_sim([]() -> coro<void> {
        auto server = co_await tls::start_server(echo, "127.0.0.1", 8443, site());
        const auto e =
            co_await error_of<nurt::tls_error>(tls::connect("127.0.0.1", 8443, trusting()));
        CHECK(std::string(e.what()) ==
              "TLS handshake with 127.0.0.1:8443 (127.0.0.1): certificate verify failed: IP "
              "address mismatch");
    });
}

TEST_CASE("a session is resumed over the network, for the same host and port only") {
    in_sim([]() -> coro<void> {
        const auto context = site();
        auto server = co_await tls::start_server(echo, "localhost", 8443, context);
        auto other = co_await tls::start_server(echo, "localhost", 8444, context);
        const auto client = trusting();
        auto resumed = [](tls::client_context c, std::uint16_t port) -> coro<bool> {
            stream s = co_await tls::connect("localhost", port, c);
            co_await s.write("x");
            co_await s.readexactly(1);
            co_return tls::info(s)->resumed;
        };
        const bool first = co_await resumed(client, 8443);
        const bool elsewhere = co_await resumed(client, 8444);
        const bool again = co_await resumed(client, 8443);
        CHECK(!first);
        CHECK(!elsewhere);
        CHECK(again);
    });
}

TEST_CASE("a session of a server without a name is shown to its address only") {
    in_sim([]() -> coro<void> {
        const auto context = site();
        auto one = co_await tls::start_server(echo, "127.0.0.1", 8443, context);
        auto other = co_await tls::start_server(echo, "127.0.0.2", 8443, context);
        const tls::client_context client(tls::client_options().insecure_accept_any_certificate());
        auto resumed = [](tls::client_context c, std::string address) -> coro<bool> {
            stream plain = co_await nurt::connect(std::move(address), 8443);
            stream s = co_await tls::start(std::move(plain), "", c);
            co_await s.write("x");
            co_await s.readexactly(1);
            co_return tls::info(s)->resumed;
        };
        const bool first = co_await resumed(client, "127.0.0.1");
        const bool elsewhere = co_await resumed(client, "127.0.0.2");
        const bool again = co_await resumed(client, "127.0.0.1");
        CHECK(!first);
        CHECK(!elsewhere);
        CHECK(again);
    });
}

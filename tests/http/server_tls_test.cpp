// SPDX-License-Identifier: MIT
// The server over TLS: what a handler sees, and what happens to those who cannot shake hands.
#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/server.hpp"
#include "nurt/tls/tls.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <string>
#include <vector>

namespace http = nurt::http;
namespace tls = nurt::tls;
using nurt::coro;
using nurt::create_task;
using nurt::milliseconds;
using nurt::seconds;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::root;
using nurt_test::site;
using nurt_test::site_options;
using nurt_test::stopwatch;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

const std::string question = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

coro<http::reply> tell(http::request& request) {
    const auto info = request.tls_info();
    std::string text = std::string(request.scheme()) + ' ' + std::string(request.path());
    if (info) text += ' ' + info->alpn;
    if (info && info->peer) text += ' ' + info->peer->subject;
    co_return text;
}

coro<http::reply> after_a_second(http::request&) {
    co_await nurt::sleep(seconds(1));
    co_return "done";
}

coro<http::reply> echo(http::request& request) {
    co_return co_await request.read_all();
}

coro<http::reply> much(http::request&) {
    co_return std::string(100'000, 'x');
}

http::client client_of(tls::client_context context, std::uint16_t port = 443) {
    return http::client(http::client_options()
                            .base_url("https://localhost:" + std::to_string(port))
                            .tls(std::move(context)));
}

coro<stream> connect(tls::client_context context = trusting()) {
    return tls::connect("localhost", 443, std::move(context));
}

// The next reply, whose body is so long.
coro<std::string> reply_from(stream& s, std::size_t size) {
    const std::string head = co_await s.readuntil("\r\n\r\n");
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    co_return co_await s.readexactly(size);
}

}  // namespace

TEST_CASE("a handler knows that nobody else can read, and who asks") {
    in_sim([]() -> coro<void> {
        auto asking = site_options().ca_pem(root().pem());
        asking.clients(tls::client_certificates::request);
        auto server = co_await http::start_server(tell, "localhost", 443, asking);
        auto nobody = client_of(trusting());
        const auto r = co_await nobody.get("/a");
        CHECK(r.text() == "https /a http/1.1");
        const auto me = root().issue("tester");
        auto somebody = client_of(trusting_options().certificate_pem(me.certificate, me.key));
        const auto known = co_await somebody.get("/b");
        CHECK(known.text() == "https /b http/1.1 CN=tester");
        auto plain_server = co_await http::start_server(tell, "localhost", 80);
        const auto plain = co_await nobody.get("http://localhost/c");
        CHECK(plain.text() == "http /c");
    });
}

TEST_CASE("a connection on which TLS was started is served as what it is") {
    in_sim([]() -> coro<void> {
        auto ends = co_await nurt_test::tls_pair();
        auto serving = create_task(http::serve_connection(std::move(ends.server), tell));
        co_await ends.client.write(question + question);
        const std::string first = co_await reply_from(ends.client, 9);
        const std::string second = co_await reply_from(ends.client, 9);
        CHECK(first == "https /a ");
        CHECK(second == "https /a ");
        ends.client.close();
        co_await serving;
    });
}

TEST_CASE("plain HTTP on a port for https comes to an end, and the server goes on") {
    in_sim([]() -> coro<void> {
        std::vector<std::string> heard;
        const auto options = site_options().on_handshake_error(
            [&heard](const std::exception& e) { heard.emplace_back(e.what()); });
        auto server = co_await http::start_server(tell, "localhost", 443, options);
        stream plain = co_await nurt::connect("localhost", 443);
        co_await plain.write(question);
        const std::string answer = co_await plain.read_all();
        CHECK(answer.empty());
        CHECK(heard.at(0).ends_with(": the peer does not speak TLS: http request"));
        CHECK(server.statistics().refused == 1);
        CHECK(server.statistics().connections == 0);
        auto c = client_of(trusting());
        const auto r = co_await c.get("/a");
        CHECK(r.ok());
        CHECK(server.statistics().accepted == 1);
    });
}

TEST_CASE("who speaks another protocol only is refused in the handshake") {
    in_sim([]() -> coro<void> {
        auto server = co_await http::start_server(tell, "localhost", 443, site());
        const auto e = co_await error_of<nurt::tls_error>(connect(trusting_options().alpn("h2")));
        CHECK(std::string(e.what()).ends_with(": the peer says: no application protocol"));
        const auto both = trusting_options().alpn("h2", "http/1.1");
        const stream s = co_await connect(both);
        CHECK(tls::info(s)->alpn == "http/1.1");
    });
}

TEST_CASE("a client that only connects takes a place until the handshake's time is over") {
    in_sim([]() -> coro<void> {
        const auto hasty = site_options().handshake_timeout(seconds(5));
        auto server = co_await http::start_server(tell, "localhost", 443, hasty,
                                                  http::server_options{.connections = 1});
        const stream silent = co_await nurt::connect("localhost", 443);
        const stopwatch time;
        auto c = client_of(trusting());
        auto request = create_task(c.get("/a").send());
        co_await nurt::sleep(seconds(1));
        CHECK(server.statistics().connections == 1);
        const auto r = co_await request;
        CHECK(r.ok());
        CHECK(time.seconds() == 5);
        CHECK(server.statistics().refused == 1);
    });
}

TEST_CASE("a server that stops says goodbye to those who rest, and ends handshakes") {
    in_sim([]() -> coro<void> {
        auto server = co_await http::start_server(tell, "localhost", 443, site());
        stream resting = co_await connect();
        co_await resting.write(question);
        co_await reply_from(resting, 9);
        stream silent = co_await nurt::connect("localhost", 443);
        co_await nurt::sleep(seconds(1));
        CHECK(server.statistics().connections == 2);
        const stopwatch time;
        const bool gently = co_await server.stop(seconds(5));
        CHECK(gently);
        CHECK(time.seconds() == 0);
        const std::string rest = co_await resting.read_all();  // and not: truncated
        CHECK(rest.empty());
        const std::string nothing = co_await silent.read_all();
        CHECK(nothing.empty());
    });
}

TEST_CASE("a server that stops lets a request end, and says goodbye after it") {
    in_sim([]() -> coro<void> {
        auto server = co_await http::start_server(after_a_second, "localhost", 443, site());
        stream s = co_await connect();
        co_await s.write(question);
        co_await nurt::sleep(milliseconds(500));
        const bool gently = co_await server.stop(seconds(5));
        CHECK(gently);
        const std::string text = co_await s.read_all();
        CHECK(text.ends_with("\r\n\r\ndone"));
    });
}

TEST_CASE("a server that is destroyed ends handshakes and handlers") {
    in_sim([]() -> coro<void> {
        stream s;
        stream silent;
        {
            auto server = co_await http::start_server(after_a_second, "localhost", 443, site());
            s = co_await connect();
            silent = co_await nurt::connect("localhost", 443);
            co_await s.write(question);
            co_await nurt::sleep(milliseconds(500));
        }
        const stopwatch time;
        const std::string text = co_await s.read_all();
        CHECK(text.empty());
        const std::string nothing = co_await silent.read_all();
        CHECK(nothing.empty());
        CHECK(time.seconds() == 0);
    });
}

TEST_CASE("a new certificate is for new connections, and the old ones go on") {
    in_sim([]() -> coro<void> {
        tls::server_context context = site();
        auto server = co_await http::start_server(tell, "localhost", 443, context);
        stream old = co_await connect();
        context.assign(site_options({"localhost", "new.example.org"}));
        const stream fresh = co_await connect();
        CHECK(tls::info(fresh)->peer->dns_names.at(1) == "new.example.org");
        co_await old.write(question);
        const std::string answer = co_await reply_from(old, 9);
        CHECK(answer == "https /a ");
    });
}

TEST_CASE("bodies arrive whole in both directions, whatever the network does to their pieces") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        nurt::sim::faults plan;
        plan.latency = milliseconds(3);
        plan.jitter = milliseconds(10);
        plan.short_reads = plan.short_writes = 0.5;
        plan.buffer = 5000;
        auto body = []() -> coro<void> {
            auto server = co_await http::start_server(echo, "localhost", 443, site());
            auto c = client_of(trusting());
            const std::string text(300'000, 'x');
            for (int i = 0; i < 2; ++i) {
                const auto r = co_await c.post("/").body(text);
                CHECK(r.text() == text);
            }
            CHECK(server.statistics().accepted == 1);
        };
        in_sim(body, plan, seed);
    }
}

TEST_CASE("a client hears that its body is too large, although it still sends") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(5);
    plan.buffer = 5000;
    in_sim(
        []() -> coro<void> {
            auto server = co_await http::start_server(echo, "localhost", 443, site());
            auto c = client_of(trusting());
            const auto r = co_await c.post("/").body(std::string(1'100'000, 'x'));
            CHECK(r.status() == 413);
        },
        plan);
}

TEST_CASE("a client over TLS that goes away cancels its handler") {
    for (const bool politely : {true, false}) {
        in_sim([politely]() -> coro<void> {
            bool cancelled = false;
            auto wait_for_ever = [&](http::request&) -> coro<http::reply> {
                try {
                    co_await nurt::sleep(seconds(1000));
                } catch (const nurt::cancelled_error&) {
                    cancelled = true;
                    throw;
                }
                co_return "";
            };
            auto server = co_await http::start_server(wait_for_ever, "localhost", 443, site());
            stream s = co_await connect();
            co_await s.write(question);
            co_await nurt::sleep(seconds(1));
            if (politely) {
                s.close();
            } else {
                s.abort();
            }
            co_await nurt::sleep(seconds(1));
            CHECK(cancelled);
            CHECK(server.statistics().connections == 0);
        });
    }
}

TEST_CASE("a client over TLS that takes nothing of its reply is reset after thirty seconds") {
    nurt::sim::faults plan;
    plan.buffer = 2000;
    in_sim(
        []() -> coro<void> {
            auto server = co_await http::start_server(much, "localhost", 443, site());
            stream s = co_await connect();
            co_await s.write(question);
            co_await nurt::sleep(seconds(29));
            CHECK(server.statistics().connections == 1);
            co_await nurt::sleep(seconds(2));
            CHECK(server.statistics().connections == 0);
            co_await error_of<nurt::os_error>(s.read_all());
        },
        plan);
}

TEST_CASE("a server over TLS may be stopped at any moment, and nothing is left") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(1);
    plan.buffer = 3000;
    for (int moment = 0; moment < 40; ++moment) {
        in_sim(
            [moment]() -> coro<void> {
                auto server = co_await http::start_server(echo, "localhost", 443, site());
                auto c = client_of(trusting());
                auto request = create_task(c.post("/").body(std::string(20'000, 'x')).send());
                co_await nurt::sleep(milliseconds(moment));
                co_await server.stop(milliseconds(moment % 3));
                CHECK(server.statistics().connections == 0);
                try {
                    co_await request;
                } catch (const http::transport_error&) {
                }
            },
            plan);
    }
}

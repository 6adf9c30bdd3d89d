// SPDX-License-Identifier: MIT
// https: who is believed, what a failure says, and what stays as it is with http.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/client_transport.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/http/scripted_server.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

namespace http = nurt::http;
namespace tls = nurt::tls;
using http::client;
using http::client_options;
using nurt::coro;
using nurt::milliseconds;
using nurt::seconds;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::ok;
using nurt_test::root;
using nurt_test::scripted_server;
using nurt_test::site;
using nurt_test::site_options;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

const std::string url = "https://localhost/a";

client_options trusting_client() {
    return client_options().tls(trusting());
}

// What the connect_error of a request to a server with this certificate says.
coro<std::string> refusal_of(tls::server_context context, std::string where = url) {
    scripted_server script({ok("x")});
    auto server = co_await script.start_tls(std::move(context));
    client c(trusting_client());
    const auto e = co_await error_of<http::connect_error>(c.get(where).send());
    CHECK(c.statistics().open == 0);
    CHECK(script.requests.empty());
    co_return e.what();
}

tls::server_context expired_site() {
    const auto one = root().issue("localhost", {.expired = true});
    return tls::server_options().certificate_pem(one.certificate, one.key);
}

coro<void> forward(stream& from, stream& to) {
    for (std::string piece = co_await from.read(65536); !piece.empty();
         piece = co_await from.read(65536)) {
        co_await to.write(piece);
    }
}

// Between a client at port 443 and a server at port 444: ends both connections, as anybody on the way
// could, when that much time has passed.
coro<void> cut_after(nurt::duration time, stream client) {
    stream server = co_await nurt::connect("127.0.0.1", 444);
    try {
        co_await nurt::wait_for(nurt::gather(forward(client, server), forward(server, client)),
                                time);
    } catch (const nurt::timeout_error&) {
    }
}

coro<nurt::server> cutting_server(nurt::duration time) {
    co_return co_await nurt::start_server(
        [time](stream s) { return cut_after(time, std::move(s)); }, "127.0.0.1", 443);
}

}  // namespace

TEST_CASE("https means port 443, the name, HTTP/1.1 and a session") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("hello")});
        auto server = co_await script.start_tls(site());
        client c(trusting_client());
        const auto r = co_await c.get(url);
        CHECK(r.text() == "hello");
        CHECK(r.url() == url);
        CHECK(script.requests.at(0).find("\r\nHost: localhost\r\n") != std::string::npos);
        CHECK(script.agreements.at(0).server_name == "localhost");
        CHECK(script.agreements.at(0).alpn.empty());  // the server names none
        co_await c.get(url);
        CHECK(script.connections == 1);
    });
}

TEST_CASE("a client speaks HTTP/1.1, whatever its context says") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("hello")});
        auto server = co_await script.start_tls(site_options().alpn("h2", "http/1.1"));
        client c(client_options().tls(trusting_options().alpn("h2")));
        co_await c.get(url);
        CHECK(script.agreements.at(0).alpn == "http/1.1");
    });
}

TEST_CASE("a server is believed for its certificate only, and the error says why not") {
    in_sim([]() -> coro<void> {
        const std::string expired = co_await refusal_of(expired_site());
        CHECK(
            expired.ends_with(" (localhost): certificate verify failed: certificate has expired"));
        const auto elsewhere = site_options({"example.org"});
        const std::string other = co_await refusal_of(elsewhere);
        CHECK(other.ends_with(" (localhost): certificate verify failed: hostname mismatch"));
        const std::string address = co_await refusal_of(site(), "https://127.0.0.1/");
        CHECK(address ==
              "GET https://127.0.0.1/: TLS handshake with 127.0.0.1:443 (127.0.0.1): certificate "
              "verify failed: IP address mismatch");
        const nurt_test::authority stranger("stranger");
        const auto one = stranger.issue("localhost");
        const auto theirs = tls::server_options().certificate_pem(one.certificate, one.key);
        const std::string unknown = co_await refusal_of(theirs);
        CHECK(unknown.ends_with(
            " (localhost): certificate verify failed: unable to get local issuer certificate"));
    });
}

TEST_CASE("without a context of its own a client trusts whom the machine trusts") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start_tls(site());
        client c;
        const auto e = co_await error_of<http::connect_error>(c.get(url).send());
        CHECK(std::string(e.what()).find("certificate verify failed") != std::string::npos);
    });
}

TEST_CASE("addresses are fetched from as names are") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("hello")});
        const auto everywhere = site_options({"localhost", "127.0.0.1", "::1"});
        auto server = co_await script.start_tls(everywhere);
        client c(trusting_client());
        co_await c.get("https://127.0.0.1/");
        CHECK(script.agreements.at(0).server_name.empty());  // RFC 6066: names only
        co_await c.get("https://[::1]/");
        co_await c.get("https://localhost./");
        CHECK(script.agreements.at(2).server_name == "localhost");
    });
}

TEST_CASE("what is not TLS is a connect error that says so") {
    in_sim([]() -> coro<void> {
        auto talker = [](stream s) -> coro<void> {
            co_await s.write("HTTP/1.1 400 Bad Request\r\n\r\n");
            co_await s.read(1000);
        };
        auto server = co_await nurt::start_server(talker, "127.0.0.1", 443);
        client c(trusting_client());
        const auto e = co_await error_of<http::connect_error>(c.get(url).send());
        CHECK(std::string(e.what()).ends_with(
            " (localhost): the peer does not speak TLS: wrong version number"));
    });
}

TEST_CASE(
    "a server that does not shake hands is given up after ten seconds, or the connect limit") {
    in_sim([]() -> coro<void> {
        auto silent = [](stream s) -> coro<void> { co_await s.read_all(); };
        auto server = co_await nurt::start_server(silent, "127.0.0.1", 443);
        client c(trusting_client());
        const nurt_test::stopwatch time;
        const auto e = co_await error_of<http::connect_timeout>(c.get("https://127.0.0.1/").send());
        CHECK(std::string(e.what()) ==
              "GET https://127.0.0.1/: TLS handshake with 127.0.0.1:443 (127.0.0.1): timed out");
        CHECK(time.seconds() == 10);
        co_await error_of<http::connect_timeout>(
            c.get(url).timeouts({.connect = seconds(2)}).send());
        CHECK(time.seconds() == 12);
        co_await error_of<http::total_timeout>(c.get(url).timeout(seconds(3)).send());
        CHECK(time.seconds() == 15);
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("a body without a length that is cut off on the way is an error") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\n\r\nhalf<hang>"});
        auto server = co_await script.start_tls(site(), 444);
        auto relay = co_await cutting_server(seconds(1));
        client c(trusting_client());
        const auto e = co_await error_of<http::read_error>(c.get(url).send());
        CHECK(std::string(e.what()).ends_with(": the connection ended without close_notify"));
        server.close_clients();
    });
}

TEST_CASE("a body without a length ends when the server says so") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\n\r\nwhole<close>"});
        auto server = co_await script.start_tls(site());
        client c(trusting_client());
        const auto r = co_await c.get(url);
        CHECK(r.text() == "whole");
    });
}

TEST_CASE("a body whose end is known needs no goodbye") {
    in_sim([]() -> coro<void> {
        const std::string chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n";
        const std::vector<std::string> answers{ok("whole"), chunked};
        for (const std::string& answer : answers) {
            scripted_server script({answer});
            auto server = co_await script.start_tls(site(), 444);
            auto relay = co_await cutting_server(seconds(1));
            client c(trusting_client());
            const auto r = co_await c.get(url);
            CHECK(r.text() == "whole");
            co_await nurt::sleep(seconds(2));  // and the cut connection is not used again
            CHECK(c.statistics().open == 0);
            server.close_clients();
        }
    });
}

TEST_CASE("a connection that the server has closed is replaced, and resumes the session") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("a"), ok("b") + "<close>", ok("c"), "<close>", ok("d")});
        auto server = co_await script.start_tls(site());
        client c(trusting_client());
        co_await c.get(url);
        co_await c.get(url);
        const auto third = co_await c.get(url);
        CHECK(third.text() == "c");
        const auto fourth = co_await c.get(url);  // closed under the request, and repeated
        CHECK(fourth.text() == "d");
        CHECK(script.connections == 3);
        CHECK(!script.agreements.at(0).resumed);
        CHECK(script.agreements.at(1).resumed);
        CHECK(script.agreements.at(2).resumed);
    });
}

TEST_CASE(
    "a kept connection that is cut under a request is replaced, as the server had not answered") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("a"), ok("b"), ok("c")});
        script.delay = milliseconds(700);
        auto server = co_await script.start_tls(site(), 444);
        auto relay = co_await cutting_server(seconds(1));
        client c(trusting_client());
        co_await c.get(url);
        const auto second = co_await c.get(url);
        CHECK(second.text() == "c");
        CHECK(script.requests.size() == 3);
        co_await error_of<http::read_error>(c.post(url).body("once").timeout(seconds(5)).send());
        server.close_clients();
    });
}

TEST_CASE("a redirect from https to http is refused") {
    in_sim([]() -> coro<void> {
        scripted_server script(
            {"HTTP/1.1 302 Moved\r\nLocation: http://localhost/b\r\nContent-Length: 0\r\n\r\n"});
        auto server = co_await script.start_tls(site());
        client c(trusting_client().follow_redirects());
        const auto e = co_await error_of<http::unsupported_protocol>(c.get(url).send());
        CHECK(
            std::string(e.what()) ==
            "GET https://localhost/a: redirected to http://localhost/b, where anybody can listen");
    });
}

TEST_CASE("a redirect from http to https is followed, without credentials") {
    in_sim([]() -> coro<void> {
        scripted_server plain(
            {"HTTP/1.1 301 Moved\r\nLocation: https://localhost/b\r\nContent-Length: 0\r\n\r\n"});
        scripted_server script({ok("secret")});
        auto first = co_await plain.start();
        auto second = co_await script.start_tls(site());
        client c(trusting_client().follow_redirects());
        const auto r = co_await c.get("http://127.0.0.1/a").bearer("token");
        CHECK(r.url() == "https://localhost/b");
        CHECK(r.text() == "secret");
        CHECK(script.requests.at(0).find("token") == std::string::npos);
    });
}

TEST_CASE("http and https to the same port share no connection") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start(8443);
        client c(trusting_client());
        co_await c.get("http://127.0.0.1:8443/");
        co_await error_of<http::connect_timeout>(
            c.get("https://127.0.0.1:8443/").timeouts({.connect = seconds(1)}).send());
        CHECK(script.connections == 2);
    });
}

TEST_CASE("a client shows its certificate to who asks for it") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto wanting = site_options().ca_pem(root().pem());
        wanting.clients(tls::client_certificates::require);
        auto server = co_await script.start_tls(wanting);
        const auto me = root().issue("tester");
        client known(
            client_options().tls(trusting_options().certificate_pem(me.certificate, me.key)));
        co_await known.get(url);
        CHECK(script.agreements.at(0).peer.value().subject == "CN=tester");
        client unknown(trusting_client());
        const auto e = co_await error_of<http::read_error>(unknown.get(url).send());
        CHECK(std::string(e.what()).ends_with(": the peer says: certificate required"));
    });
}

TEST_CASE("not to look at certificates has to be said") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto server = co_await script.start_tls(expired_site());
        client c(client_options().tls(tls::client_options().insecure_accept_any_certificate()));
        const auto r = co_await c.get(url);
        CHECK(r.text() == "x");
    });
}

TEST_CASE("a transport that needs no TLS says so") {
    struct to_function final : http::client_transport {
        coro<stream> connect(http::connect_request& to) override {
            CHECK(to.https);
            CHECK(to.port == 443);
            to.https = false;
            auto [here, there] = nurt::memory_stream_pair();
            co_await there.write(ok("from a function"));
            served.push_back(std::move(there));
            co_return std::move(here);
        }
        std::vector<stream> served;
    };
    in_sim([]() -> coro<void> {
        client c(client_options().transport(std::make_shared<to_function>()));
        const auto r = co_await c.get("https://example.org/");
        CHECK(r.text() == "from a function");
    });
}

TEST_CASE("the handshake is a phase of its own") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(10);
    in_sim(
        []() -> coro<void> {
            scripted_server script({ok("x")});
            auto server = co_await script.start_tls(site());
            client c(trusting_client());
            const auto first = co_await c.get(url);
            const auto& p = first.phases();
            CHECK(p.tls == milliseconds(20));
            CHECK(first.elapsed() ==
                  p.pool + p.dns + p.connect + p.tls + p.send + p.wait + p.receive);
            const auto second = co_await c.get(url);
            CHECK(second.phases().tls == nurt::duration::zero());
        },
        plan);
}

TEST_CASE("a request over https may be stopped at any moment, and the client goes on") {
    nurt::sim::faults plan;
    plan.latency = milliseconds(1);
    plan.buffer = 2000;
    in_sim(
        []() -> coro<void> {
            scripted_server script({ok(std::string(20'000, 'x'))});
            auto server = co_await script.start_tls(site());
            client c(trusting_client());
            int stopped = 0;
            for (int limit = 0; limit < 60; ++limit) {
                try {
                    auto request = c.post(url).body(std::string(10'000, 'y'));
                    co_await nurt::wait_for(request.send(), milliseconds(limit));
                    c = client(trusting_client());  // the next one connects anew
                } catch (const nurt::timeout_error&) {
                    ++stopped;
                }
                CHECK(c.statistics().open == 0);
            }
            CHECK(stopped > 10);
            CHECK(stopped < 60);
            const auto r = co_await c.get(url);
            CHECK(r.text().size() == 20'000);
        },
        plan);
}

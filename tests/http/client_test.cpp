// SPDX-License-Identifier: MIT
#include "nurt/http/client.hpp"

#include "nurt/core/gather.hpp"
#include "nurt/http/blocking.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/sim/run.hpp"
#include "tests/http/scripted_server.hpp"
#include "tests/support/support.hpp"

using nurt::coro;
using nurt::http::client;
using nurt::http::client_options;
using nurt::http::response;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::ok;
using nurt_test::scripted_server;

namespace {

const std::string url = "http://127.0.0.1/a";

}  // namespace

TEST_CASE("get gives status, reason, fields and body") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("hello", "X-Two: b\r\nContent-Type: text/plain\r\n")});
        auto server = co_await script.start();
        client c;
        const response r = co_await c.get(url);
        CHECK(r.status() == 200);
        CHECK(r.ok());
        CHECK(r.reason() == "OK");
        CHECK(r.http_version() == "HTTP/1.1");
        CHECK(r.headers()["content-type"] == "text/plain");
        CHECK(r.headers()["x-two"] == "b");
        CHECK(r.text() == "hello");
        CHECK(r.bytes().size() == 5);
        CHECK(r.url() == url);
        CHECK(r.method() == "GET");
    });
}

TEST_CASE("a request says what it must and no more") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start(8080);
        client c;
        co_await c.get("http://127.0.0.1:8080/a/b?c=d#e");
        CHECK(script.requests.at(0) ==
              "GET /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: */*\r\n"
              "User-Agent: nurt\r\n\r\n");
    });
}

TEST_CASE("parameters are encoded and stand in their order") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url + "?x=1").param("q", "c++ & more").param("n", 7);
        CHECK(script.requests.at(0).starts_with("GET /a?x=1&q=c%2B%2B+%26+more&n=7 HTTP/1.1\r\n"));
    });
}

TEST_CASE("a field of the request replaces the client's") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c(client_options().header("User-Agent", "mine").header("X-All", "1"));
        co_await c.get(url).header("user-agent", "other");
        CHECK(script.requests.at(0) ==
              "GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nX-All: 1\r\nAccept: */*\r\n"
              "user-agent: other\r\n\r\n");
    });
}

TEST_CASE("json, form and plain bodies carry their type and length") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        nurt::json::object what;
        what["a"] = 1;
        const nurt::json::value document(std::move(what));
        co_await c.post(url).json(document);
        CHECK(script.requests.at(0).ends_with(
            "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
        co_await c.put(url).form("name", "Jan Kowalski").form("x", "&");
        CHECK(
            script.requests.at(1).ends_with("Content-Type: application/x-www-form-urlencoded\r\n"
                                            "Content-Length: 23\r\n\r\nname=Jan+Kowalski&x=%26"));
        co_await c.patch(url).body("raw", "text/x");
        CHECK(script.requests.at(2).ends_with(
            "Content-Type: text/x\r\nContent-Length: 3\r\n\r\nraw"));
    });
}

TEST_CASE("a post without a body says that it has none") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        co_await c.post(url);
        CHECK(script.requests.at(0).ends_with("Content-Length: 0\r\n\r\n"));
    });
}

TEST_CASE("a large body arrives whole") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        const std::string body(1'000'000, 'x');
        co_await c.post(url).body(body);
        CHECK(script.requests.at(0).ends_with("\r\n\r\n" + body));
    });
}

TEST_CASE("a large answer arrives whole, however it is cut") {
    nurt::sim::faults rough;
    rough.short_reads = 0.5;
    rough.latency = nurt::milliseconds(1);
    rough.jitter = nurt::milliseconds(3);
    auto body = []() -> coro<void> {
        std::string text;
        for (int i = 0; text.size() < 200'000; ++i) text += std::to_string(i);
        scripted_server script({ok(text)});
        auto server = co_await script.start();
        client c;
        const response first = co_await c.get(url);
        CHECK(first.text() == text);
        const response second = co_await c.get(url);
        CHECK(second.text() == text);
        CHECK(script.connections == 1);
    };
    in_sim(body, rough, nurt_test::seed());
}

TEST_CASE("a chunked answer is put together") {
    in_sim([]() -> coro<void> {
        scripted_server script(
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nT: 1\r\n\r\n"});
        auto server = co_await script.start();
        client c;
        for (int i = 0; i < 2; ++i) {
            const response r = co_await c.get(url);
            CHECK(r.text() == "hello world");
        }
        CHECK(script.connections == 1);
    });
}

TEST_CASE("an answer without a length ends with its connection") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\n\r\nall of it<close>"});
        auto server = co_await script.start();
        client c;
        const response r = co_await c.get(url);
        CHECK(r.text() == "all of it");
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("an answer to head has no body whatever it says") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"});
        auto server = co_await script.start();
        client c;
        const response r = co_await c.head(url);
        CHECK(r.text() == "");
        CHECK(r.headers()["Content-Length"] == "100");
        CHECK(c.statistics().idle == 1);
    });
}

TEST_CASE("interim answers are skipped") {
    in_sim([]() -> coro<void> {
        scripted_server script(
            {"HTTP/1.1 100 Continue\r\n\r\n"
             "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" +
             ok("final", "X: y\r\n")});
        auto server = co_await script.start();
        client c;
        const response r = co_await c.get(url);
        CHECK(r.status() == 200);
        CHECK(r.headers()["x"] == "y");
        CHECK(!r.headers().contains("Link"));
        CHECK(r.text() == "final");
    });
}

TEST_CASE("raise_for_status throws for what is not a success") {
    in_sim([]() -> coro<void> {
        scripted_server script({"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ok("")});
        auto server = co_await script.start();
        client c;
        const response bad = co_await c.get(url);
        CHECK_THROWS_WITH_AS(bad.raise_for_status(), "GET http://127.0.0.1/a: 404 Not Found",
                             nurt::http::status_error);
        const response good = co_await c.get(url);
        CHECK(&good.raise_for_status() == &good);
    });
}

TEST_CASE("the body is parsed as json on demand") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok(R"({"args":{"q":"c++"}})")});
        auto server = co_await script.start();
        client c;
        const response r = co_await c.get(url);
        CHECK(r.json()["args"]["q"] == nurt::json::value("c++"));
    });
}

TEST_CASE("a base url, its path included, stands before what is relative") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c(client_options().base_url("http://127.0.0.1/api/").param("key", "k"));
        const response r = co_await c.get("/users").param("id", 1);
        CHECK(r.url() == "http://127.0.0.1/api/users?key=k&id=1");
        const response other = co_await c.get("http://127.0.0.1/else");
        CHECK(other.url() == "http://127.0.0.1/else?key=k");
    });
}

TEST_CASE("gather and create_task take requests as they are") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = nurt::seconds(1);
        auto server = co_await script.start();
        client c;
        const auto before = nurt::event_loop::running().time();
        auto third = nurt::create_task(c.get(url));
        auto [first, second] = co_await nurt::gather(c.get(url), c.get(url).param("a", "b"));
        const response& r = co_await third;
        CHECK(first.text() + second.text() + r.text() == "xxx");
        CHECK(nurt::event_loop::running().time() - before == nurt::seconds(1));
    });
}

TEST_CASE("a request is sent once") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        auto request = c.get(url);
        request.header("A", "b");
        co_await request;
        co_await error_of<nurt::usage_error>(
            [](auto& again) -> coro<void> { co_await again; }(request));
        CHECK(script.requests.size() == 1);
    });
}

TEST_CASE("what could not be sent is refused where it is given") {
    client c;
    auto request = c.get(url);
    CHECK_THROWS_AS(request.header("A", "b\r\nC: d"), nurt::http::invalid_header);
    CHECK_THROWS_AS(request.header("A b", "c"), nurt::http::invalid_header);
    CHECK_THROWS_AS(request.header("Content-Length", "5"), nurt::http::invalid_header);
    CHECK_THROWS_AS(request.bearer("x\ny"), nurt::http::invalid_header);
}

TEST_CASE("a url that is none is an error of the request") {
    in_sim([]() -> coro<void> {
        client c;
        co_await error_of<nurt::http::invalid_url>(c.get("/relative").send());
        co_await error_of<nurt::http::invalid_url>(c.get("http://a\r\nb/").send());
        co_await error_of<nurt::http::invalid_url>(c.get("ftp://127.0.0.1/").send());
    });
}

TEST_CASE("basic and bearer credentials are written as the standard says") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        client c;
        co_await c.get(url).basic_auth("Aladdin", "open sesame");
        CHECK(script.requests.at(0).find(
                  "\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n") !=
              std::string::npos);
        co_await c.get(url).bearer("t0ken");
        CHECK(script.requests.at(1).find("\r\nAuthorization: Bearer t0ken\r\n") !=
              std::string::npos);
    });
}

TEST_CASE("hooks see each request and each answer, and may change the request") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("")});
        auto server = co_await script.start();
        std::string seen;
        client c(client_options()
                     .on_request([&](const nurt::http::outgoing_request& r) {
                         seen += std::string(r.method) + ' ' + std::string(r.url);
                         r.fields.set("X-Hook", "1");
                     })
                     .on_response(
                         [&](const response& r) { seen += " -> " + std::to_string(r.status()); }));
        co_await c.get(url);
        CHECK(seen == "GET http://127.0.0.1/a -> 200");
        CHECK(script.requests.at(0).find("X-Hook: 1") != std::string::npos);
    });
}

TEST_CASE("the phases of a request add up") {
    nurt::sim::faults far;
    far.latency = nurt::milliseconds(50);
    auto body = []() -> coro<void> {
        scripted_server script({ok("x")});
        script.delay = nurt::seconds(2);
        auto server = co_await script.start();
        client c;
        const response r = co_await c.get(url);
        CHECK(r.phases().wait == nurt::milliseconds(2100));
        CHECK(r.phases().receive == nurt::duration());
        CHECK(r.elapsed() == r.phases().connect + r.phases().send + r.phases().wait);
    };
    in_sim(body, far);
}

TEST_CASE("a streamed body comes in pieces and ends with nothing") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok(std::string(100'000, 'x'))});
        auto server = co_await script.start();
        client c;
        {
            auto r = co_await c.stream("GET", url);
            CHECK(r.status() == 200);
            std::size_t size = 0;
            std::size_t pieces = 0;
            while (auto piece = co_await r.read()) {
                size += piece->size();
                ++pieces;
            }
            CHECK(size == 100'000);
            CHECK(pieces > 1);
            const auto more = co_await r.read();
            CHECK(!more);
        }
        CHECK(c.statistics().idle == 1);
    });
}

TEST_CASE("a stream that is left early closes its connection") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok(std::string(100'000, 'x'))});
        auto server = co_await script.start();
        client c;
        {
            auto r = co_await c.stream(c.get(url).param("a", 1));
            co_await r.read();
        }
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("the blocking calls refuse to block a loop") {
    in_sim([]() -> coro<void> {
        CHECK_THROWS_AS(nurt::http::get(url), nurt::usage_error);
        co_return;
    });
}

// SPDX-License-Identifier: MIT
// Redirects: off unless asked for, and what goes along.
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "tests/http/scripted_server.hpp"

namespace http = nurt::http;
using http::client;
using http::client_options;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::in_sim;
using nurt_test::ok;
using nurt_test::scripted_server;

namespace {

const std::string url = "http://127.0.0.1/a";

std::string to(int status, const std::string& location) {
    return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location +
           "\r\nContent-Length: 4\r\n\r\nbody";
}

std::string first_line(const std::string& request) {
    return request.substr(0, request.find("\r\n"));
}

}  // namespace

TEST_CASE("a redirect is an answer unless following is asked for") {
    in_sim([]() -> coro<void> {
        scripted_server script({to(302, "/b"), ok("x")});
        auto server = co_await script.start();
        client c;
        const auto r = co_await c.get(url);
        CHECK(r.status() == 302);
        CHECK(r.text() == "body");
        CHECK(r.history().empty());
    });
}

TEST_CASE("redirects are followed over the same connection and remembered") {
    in_sim([]() -> coro<void> {
        scripted_server script({to(301, "/b"), to(307, "c?d=e"), ok("x")});
        auto server = co_await script.start();
        client c(client_options().follow_redirects());
        const auto r = co_await c.get(url);
        CHECK(r.status() == 200);
        CHECK(r.text() == "x");
        CHECK(r.url() == "http://127.0.0.1/c?d=e");
        REQUIRE(r.history().size() == 2);
        CHECK(r.history()[0].status == 301);
        CHECK(r.history()[0].url == url);
        CHECK(r.history()[1].url == "http://127.0.0.1/b");
        CHECK(script.connections == 1);
    });
}

TEST_CASE("303 becomes a get, 307 stays what it was, 302 makes a get of a post") {
    in_sim([]() -> coro<void> {
        scripted_server script({to(303, "/b"), ok(""), to(307, "/b"), ok(""), to(302, "/b"), ok(""),
                                to(302, "/b"), ok("")});
        auto server = co_await script.start();
        client c(client_options().follow_redirects());
        co_await c.put(url).body("data");
        CHECK(first_line(script.requests.at(1)) == "GET /b HTTP/1.1");
        CHECK(script.requests.at(1).find("Content-") == std::string::npos);
        co_await c.put(url).body("data");
        CHECK(first_line(script.requests.at(3)) == "PUT /b HTTP/1.1");
        CHECK(script.requests.at(3).ends_with("\r\n\r\ndata"));
        co_await c.post(url).body("data");
        CHECK(first_line(script.requests.at(5)) == "GET /b HTTP/1.1");
        co_await c.put(url).body("data");
        CHECK(first_line(script.requests.at(7)) == "PUT /b HTTP/1.1");
    });
}

TEST_CASE("credentials do not go to another origin, nor come back") {
    in_sim([]() -> coro<void> {
        scripted_server script(
            {to(302, "http://127.0.0.1:81/"), to(302, "http://127.0.0.1/x"), ok("x")});
        auto one = co_await script.start(80);
        auto two = co_await script.start(81);
        client c(client_options().header("Cookie", "session=1").follow_redirects());
        co_await c.get(url).bearer("secret").header("X-Other", "1");
        CHECK(script.requests.at(0).find("Bearer secret") != std::string::npos);
        CHECK(script.requests.at(0).find("Cookie: session=1") != std::string::npos);
        for (const std::size_t i : {1U, 2U}) {
            CHECK(script.requests.at(i).find("Bearer") == std::string::npos);
            CHECK(script.requests.at(i).find("Cookie") == std::string::npos);
            CHECK(script.requests.at(i).find("X-Other: 1") != std::string::npos);
        }
    });
}

TEST_CASE("the client's credentials go to the origin of its base url only") {
    in_sim([]() -> coro<void> {
        scripted_server script({ok("x")});
        auto one = co_await script.start(80);
        auto two = co_await script.start(81);
        client c(client_options().base_url("http://127.0.0.1").bearer("secret"));
        co_await c.get("/a");
        co_await c.get("http://127.0.0.1:81/");
        CHECK(script.requests.at(0).find("Bearer secret") != std::string::npos);
        CHECK(script.requests.at(1).find("Bearer") == std::string::npos);
    });
}

TEST_CASE("redirects in a circle end") {
    in_sim([]() -> coro<void> {
        scripted_server script({to(302, "/a")});
        auto server = co_await script.start();
        client c;
        const auto e =
            co_await error_of<http::too_many_redirects>(c.get(url).follow_redirects(5).send());
        CHECK(std::string(e.what()) == "GET http://127.0.0.1/a: more than 5 redirects");
        CHECK(script.requests.size() == 6);
        CHECK(c.statistics().open == 0);
    });
}

TEST_CASE("a redirect to nowhere is the server's error") {
    in_sim([]() -> coro<void> {
        scripted_server script({to(302, "ftp://127.0.0.1/")});
        auto server = co_await script.start();
        client c(client_options().follow_redirects());
        co_await error_of<http::remote_protocol_error>(c.get(url).send());
    });
}

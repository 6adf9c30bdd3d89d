// SPDX-License-Identifier: MIT
// tests/cli/httpbin_test.cpp: httpbin in virtual time; tests/real/ compares it with the original.
#include "cli/httpbin/httpbin.hpp"

#include "cli/httpbin/form.hpp"
#include "cli/httpbin/python_random.hpp"
#include "nurt/json/parse.hpp"
#include "tests/http/server_support.hpp"

#include <string>

using namespace nurt_test;

namespace {

// One request on a connection of its own; gives the answer as it is on the wire.
coro<std::string> ask(std::string text) {
    conversation c(nurt::cli::httpbin);
    const std::string answer = co_await c.ask(std::move(text));
    c.client.close();
    co_await c.served;
    co_return answer;
}

}  // namespace

TEST_CASE("/delay answers after that many seconds, and after ten at most") {
    in_sim([]() -> coro<> {
        nurt::event_loop& loop = nurt::event_loop::running();
        conversation c(nurt::cli::httpbin);
        nurt::instant start = loop.time();
        co_await c.send(get("/delay/3.5"));
        const std::string first = co_await c.client.read(65536);
        CHECK((loop.time() - start).seconds() == doctest::Approx(3.5));
        CHECK(has(first, "200 OK"));
        start = loop.time();
        co_await c.send(get("/delay/500"));
        const std::string second = co_await c.client.read(65536);
        CHECK((loop.time() - start).seconds() == doctest::Approx(10));
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("/delay wants a number that is not negative") {
    in_sim([]() -> coro<> {
        for (const char* path : {"/delay/x", "/delay/-1", "/delay/nan", "/delay/1e"}) {
            const std::string answer = co_await ask(get(path));
            CHECK_MESSAGE(first_line(answer) == "HTTP/1.1 400 Bad Request", path);
        }
    });
}

TEST_CASE("/post tells a chunked body, which the original refuses") {
    in_sim([]() -> coro<> {
        const std::string answer =
            co_await ask("POST /post HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host +
                         "2\r\n{}\r\n0\r\n\r\n");
        const nurt::json::value told = nurt::json::parse(body_of(answer));
        CHECK(told["data"].as_string() == "{}");
        CHECK(told["json"].is_object());
    });
}

TEST_CASE("/status refuses what cannot be answered") {
    in_sim([]() -> coro<> {
        for (const char* path : {"/status/100", "/status/1000", "/status/1:2:3", "/status/,"}) {
            const std::string answer = co_await ask(get(path));
            CHECK_MESSAGE(body_of(answer) == "Invalid status code", path);
        }
    });
}

TEST_CASE("a weight of nothing is never chosen") {
    in_sim([]() -> coro<> {
        for (int i = 0; i < 20; ++i) {
            const std::string answer = co_await ask(get("/status/500:0,201:0.1"));
            CHECK(first_line(answer) == "HTTP/1.1 201 Created");
        }
    });
}

TEST_CASE("the numbers of a seed are those of Python") {
    nurt::cli::python_random one(1);  // random.seed(1); [random.randint(0, 255) for _ in range(4)]
    CHECK(int(one.byte()) == 68);
    CHECK(int(one.byte()) == 32);
    CHECK(int(one.byte()) == 130);
    CHECK(int(one.byte()) == 60);
}

TEST_CASE("a multipart body that ends too early gives what was complete") {
    const nurt::cli::form_data parts = nurt::cli::parse_multipart(
        "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2",
        "b");
    CHECK(parts.form.size() == 1);
    CHECK(parts.form.at("a").as_string() == "1");
}

TEST_CASE("bytes that are no text become a data URL") {
    CHECK(nurt::cli::json_safe("\xc3\xbc", "x/y") == "\xc3\xbc");
    CHECK(nurt::cli::json_safe("\xff", "x/y") == "data:x/y;base64,/w==");
    CHECK(nurt::cli::base64("abcd") == "YWJjZA==");
    CHECK_FALSE(nurt::cli::is_utf8("\xed\xa0\x80"));
    CHECK_FALSE(nurt::cli::is_utf8("\xf0\x80\x80\x80"));
    CHECK_FALSE(nurt::cli::is_utf8("\xc3"));
    CHECK(nurt::cli::to_utf8("a\xff"
                             "b") ==
          "a\xef\xbf\xbd"
          "b");
}

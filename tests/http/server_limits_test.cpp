// SPDX-License-Identifier: MIT
// tests/http/server_limits_test.cpp: what a stranger may send, and no more.
#include "tests/http/server_support.hpp"

#include "nurt/http/chunked.hpp"

#include <string>
#include <vector>

using namespace nurt_test;

namespace {

coro<std::string> ask_once(std::string text, http::handler answer = echo_path,
                           http::server_options options = {}) {
    conversation c(std::move(answer), options);
    const std::string reply = co_await c.ask(std::move(text));
    c.client.close();
    co_await c.served;
    co_return reply;
}

// A request whose first line has that many bytes, without its line end.
std::string with_line(std::size_t size) {
    const std::string rest = "GET / HTTP/1.1";
    return "GET /" + std::string(size - rest.size(), 'a') + " HTTP/1.1\r\n" + host;
}

// A request whose head has that many bytes, in fields below the limit of a line.
std::string with_head(std::size_t size) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (size - text.size() - 2 > 4096) text += "A: " + std::string(4000, 'a') + "\r\n";
    const std::size_t rest = size - text.size() - 2;
    return text + "B: " + std::string(rest - 5, 'b') + "\r\n\r\n";
}

std::string with_fields(std::size_t count) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) text += "A: b\r\n";
    return text + "\r\n";
}

std::string chunked(std::size_t size) {
    std::string text = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host;
    http::append_chunk(text, std::string(size, 'x'));
    http::append_last_chunk(text);
    return text;
}

coro<http::reply> body_size(http::request& request) {
    const std::string body = co_await request.read_all();
    co_return std::to_string(body.size());
}

}  // namespace

TEST_CASE("a request line at the limit is served, one above it is 414") {
    in_sim([]() -> coro<> {
        for (const std::size_t size : {8191U, 8192U}) {
            const std::string answer = co_await ask_once(with_line(size));
            CHECK(first_line(answer) == "HTTP/1.1 200 OK");
        }
        const std::string answer = co_await ask_once(with_line(8193));
        CHECK(first_line(answer) == "HTTP/1.1 414 URI Too Long");
        CHECK(has(answer, "Connection: close\r\n"));
    });
}

TEST_CASE("a head at the limit is served, one above it is 431") {
    in_sim([]() -> coro<> {
        for (const std::size_t size : {16383U, 16384U}) {
            const std::string answer = co_await ask_once(with_head(size));
            CHECK(first_line(answer) == "HTTP/1.1 200 OK");
        }
        const std::string answer = co_await ask_once(with_head(16385));
        CHECK(first_line(answer) == "HTTP/1.1 431 Request Header Fields Too Large");
    });
}

TEST_CASE("a hundred fields are served, one more is 431") {
    in_sim([]() -> coro<> {
        for (const std::size_t fields : {99U, 100U}) {
            const std::string answer = co_await ask_once(with_fields(fields));
            CHECK(first_line(answer) == "HTTP/1.1 200 OK");
        }
        const std::string answer = co_await ask_once(with_fields(101));
        CHECK(first_line(answer) == "HTTP/1.1 431 Request Header Fields Too Large");
    });
}

TEST_CASE("a body at the limit is read, one above it is 413, with a length or chunked") {
    in_sim([]() -> coro<> {
        http::server_options options;
        options.body = 1000;
        for (const std::size_t size : {999U, 1000U}) {
            const std::string text = std::to_string(size);
            const std::string one =
                co_await ask_once(post("/", std::string(size, 'x')), body_size, options);
            CHECK(body_of(one) == text);
            const std::string other = co_await ask_once(chunked(size), body_size, options);
            CHECK(body_of(other) == text);
        }
        for (const std::string& text : {post("/", std::string(1001, 'x')), chunked(1001)}) {
            const std::string answer = co_await ask_once(text, body_size, options);
            CHECK(first_line(answer) == "HTTP/1.1 413 Content Too Large");
            CHECK(has(answer, "Connection: close\r\n"));
        }
    });
}

TEST_CASE("a handler may take a larger body") {
    in_sim([]() -> coro<> {
        http::server_options options;
        options.body = 10;
        http::handler large = [](http::request& request) -> coro<http::reply> {
            request.set_body_limit(~std::uint64_t{0});
            const std::string body = co_await request.read_all();
            co_return std::to_string(body.size());
        };
        const std::string answer =
            co_await ask_once(post("/", std::string(200'000, 'x')), std::move(large), options);
        CHECK(body_of(answer) == "200000");
    });
}

TEST_CASE("a body that is too large is refused before a byte of it has come") {
    in_sim([]() -> coro<> {
        const std::string answer = co_await ask_once(
            "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1048577\r\n" + host,
            body_size);
        CHECK(first_line(answer) == "HTTP/1.1 413 Content Too Large");
    });
}

TEST_CASE("ten megabytes of head are cut at the limit, not kept") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        co_await c.send("GET / HTTP/1.1\r\n");
        std::size_t sent = 0;
        std::string answer;
        try {
            for (; sent < 10'000'000; sent += 4000) {
                co_await c.send("A: " + std::string(3995, 'a') + "\r\n");
            }
        } catch (const nurt::os_error&) {
        }
        answer = co_await c.receive();
        CHECK(first_line(answer) == "HTTP/1.1 431 Request Header Fields Too Large");
        c.client.close();
        co_await c.served;
    });
}

TEST_CASE("what is illegal is answered once and the connection closed") {
    in_sim([]() -> coro<> {
        const std::vector<std::pair<std::string, int>> cases = {
            {"garbage\r\n\r\n", 400},
            {"GET / HTTP/1.1\r\n\r\n", 400},
            {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
            {"GET / HTTP/1.1\nHost: a\n\n", 400},
            {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
            {"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400},
            {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
            {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n" + host, 400},
            {"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" + host, 501},
            {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + host, 400},
            {"POST / HTTP/1.1\r\nContent-Length: +5\r\n" + host, 400},
            {"POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n" + host, 400},
            {"POST / HTTP/1.1\r\nExpect: 200-ok\r\n" + host, 417},
            {"CONNECT a:1 HTTP/1.1\r\n" + host, 501},
        };
        for (const auto& [text, status] : cases) {
            const std::string answer = co_await ask_once(text + get("/never"));
            CHECK_MESSAGE(has(first_line(answer), "HTTP/1.1 " + std::to_string(status)), text);
            const bool goes_on = status == 501 && text.starts_with("CONNECT");
            CHECK_MESSAGE(count(answer, "HTTP/1.1 ") == (goes_on ? 2 : 1), text);
        }
    });
}

TEST_CASE("illegal chunks are answered with 400, and nothing after them is a request") {
    in_sim([]() -> coro<> {
        for (const char* body : {"x\r\n", "3\r\nabcd\r\n", "3\nabc\r\n", "1;\r\na\r\n",
                                 "-1\r\n\r\n", "11111111111111111\r\n"}) {
            const std::string answer = co_await ask_once(
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host + body + get("/never"),
                body_size);
            CHECK_MESSAGE(first_line(answer) == "HTTP/1.1 400 Bad Request", body);
            CHECK_MESSAGE(count(answer, "HTTP/1.1 ") == 1, body);
        }
    });
}

TEST_CASE("illegal chunks that nobody reads end the connection behind the reply") {
    in_sim([]() -> coro<> {
        const std::string answer = co_await ask_once(
            "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host + "x\r\n" + get("/never"));
        CHECK(body_of(answer) == "/a");
        CHECK(count(answer, "HTTP/1.1 ") == 1);
    });
}

TEST_CASE("after an answer to illegal bytes the client gets time to read it") {
    in_sim([]() -> coro<> {
        conversation c(echo_path);
        co_await c.send("garbage\r\n\r\n");
        const std::string answer = co_await c.client.read_all();  // the server has ended its side
        CHECK(first_line(answer) == "HTTP/1.1 400 Bad Request");
        co_await c.send("more that nobody looks at");
        CHECK_FALSE(c.server_has_ended());
        co_await nurt::sleep(seconds(2.1));
        CHECK(c.server_has_ended());
        co_await c.served;
    });
}

TEST_CASE("the same bytes get the same answers however they are cut") {
    in_sim([]() -> coro<> {
        const std::string text = get("/1") + post("/2", "hello") + chunked(3) + "\r\n" + get("/4") +
                                 "HEAD /5 HTTP/1.1\r\n" + host;
        http::handler both = [](http::request& request) -> coro<http::reply> {
            std::string answer(request.path());
            answer += co_await request.read_all();
            co_return answer;
        };
        conversation whole([&](http::request& r) { return both(r); });
        const std::string expected = co_await whole.ask(text);
        CHECK(count(expected, "200 OK") == 5);
        whole.client.close();
        co_await whole.served;
        for (std::size_t cut = 1; cut < text.size(); ++cut) {
            conversation c([&](http::request& r) { return both(r); });
            co_await c.send(text.substr(0, cut));
            for (int i = 0; i < 8; ++i) co_await nurt::sleep(seconds(0));
            std::string answer = co_await c.ask(text.substr(cut));
            for (std::string* s : {&answer}) {
                for (std::size_t at = s->find("Date"); at != s->npos;
                     at = s->find("Date", at + 1)) {
                    s->replace(at, 37, expected, expected.find("Date"), 37);
                }
            }
            CHECK_MESSAGE(answer == expected, cut);
            c.client.close();
            co_await c.served;
        }
    });
}

TEST_CASE("a request that comes byte by byte is served") {
    in_sim([]() -> coro<> {
        conversation c(echo_body);
        for (const char byte : post("/", "hello") + chunked(5)) {
            co_await c.send(std::string(1, byte));
            co_await nurt::sleep(seconds(0));
        }
        const std::string answer = co_await c.receive();
        CHECK(count(answer, "200 OK") == 2);
        CHECK(has(answer, "\r\n\r\nhello"));
        CHECK(answer.ends_with("\r\n\r\nxxxxx"));
        c.client.close();
        co_await c.served;
    });
}

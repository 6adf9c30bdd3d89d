// SPDX-License-Identifier: MIT
// tests/http/response_parser_test.cpp: what a client reads, and what it refuses.
#include <doctest/doctest.h>

#include <nurt/http/response_parser.hpp>

#include "tests/http/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace nurt::http;
using nurt_test::feed;
using nurt_test::read_response;

namespace {

std::string answer(std::string_view first, std::string_view fields,
                   std::string_view method = "GET") {
    const std::string text = std::string(first) + "\r\n" + std::string(fields) + "\r\n";
    const std::string whole = read_response(text, method);
    response_parser parser;
    parser.reset(method);
    CHECK(feed(parser, text, 1, 1) == whole);
    return whole;
}

std::string ok(std::string_view fields, std::string_view method = "GET") {
    return answer("HTTP/1.1 200 OK", fields, method);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

bool refused(const std::string& text) {
    return text.substr(0, 4) == "502:";
}

}  // namespace

TEST_CASE("an ordinary response is read into its parts") {
    const std::string text =
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
        "Content-Length: 4\r\n\r\ngone";
    response_parser parser;
    REQUIRE(parser.parse(text) == progress::done);
    const response_head head = parser.head();
    CHECK(head.status == 404);
    CHECK(head.reason == "Not Found");
    CHECK(head.fields["content-type"] == "text/plain");
    CHECK(head.body == framing{framing::kind::length, 4});
    CHECK(head.keep_alive);
    CHECK(text.substr(parser.size()) == "gone");
}

TEST_CASE("the result does not depend on how a response was cut") {
    const std::vector<std::string> responses = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\n",
        "HTTP/1.0 200 \r\n\r\n",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 299 \xc5\xbc\tok\r\nConnection: close\r\n\r\nbody",
    };
    for (const std::string& response : responses) {
        CAPTURE(response);
        const std::string whole = read_response(response);
        CHECK(has(whole, " size "));
        for (std::size_t cut = 0; cut <= response.size(); ++cut) {
            response_parser parser;
            CHECK(feed(parser, response, cut, response.size()) == whole);
        }
    }
}

TEST_CASE("a body is delimited as the fields say") {
    CHECK(has(ok("Content-Length: 5\r\n"), "body length 5 keep"));
    CHECK(has(ok("Transfer-Encoding: chunked\r\n"), "body chunked keep"));
    CHECK(has(ok(""), "body until close close"));
    CHECK(has(ok("Connection: keep-alive\r\n"), "body until close close"));
    CHECK(has(ok("Content-Length: 5\r\nConnection: close\r\n"), "body length 5 close"));
    CHECK(has(answer("HTTP/1.0 200 OK", "Content-Length: 5\r\n"), "body length 5 close"));
    CHECK(has(answer("HTTP/1.0 200 OK", "Content-Length: 5\r\nConnection: keep-alive\r\n"),
              "body length 5 keep"));
}

TEST_CASE("an answer to HEAD, 1xx, 204 and 304 have no body whatever their fields say") {
    CHECK(has(ok("Content-Length: 5\r\n", "HEAD"), "body none keep"));
    CHECK(has(ok("Transfer-Encoding: chunked\r\n", "HEAD"), "body none keep"));
    CHECK(has(ok("", "HEAD"), "body none keep"));
    CHECK(has(answer("HTTP/1.1 100 Continue", ""), "body none keep"));
    CHECK(has(answer("HTTP/1.1 103 Early Hints", "Link: </a>\r\n"), "body none keep"));
    CHECK(has(answer("HTTP/1.1 204 No Content", "Content-Length: 5\r\n"), "body none keep"));
    CHECK(has(answer("HTTP/1.1 304 Not Modified", "Content-Length: 5\r\n"), "body none keep"));
}

TEST_CASE("a switch of protocols ends HTTP on the connection") {
    CHECK(has(answer("HTTP/1.1 101 Switching Protocols", "Upgrade: x\r\n"), "none close upgrade"));
    CHECK(has(ok("Content-Length: 5\r\n", "CONNECT"), "none close upgrade"));
    CHECK(has(answer("HTTP/1.1 407 Who", "Content-Length: 5\r\n", "CONNECT"), "length 5 keep"));
}

TEST_CASE("a method given to reset holds for one response") {
    response_parser parser;
    parser.reset("HEAD");
    parser.reset();
    REQUIRE(parser.parse("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n") == progress::done);
    CHECK(parser.head().body.how == framing::kind::length);
}

TEST_CASE("a response with ambiguous framing is refused") {
    CHECK(refused(ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")));
    CHECK(refused(ok("Content-Length: 5\r\nContent-Length: 5\r\n")));
    CHECK(refused(ok("Content-Length: 5, 5\r\n")));
    CHECK(refused(ok("Content-Length: -1\r\n")));
    CHECK(refused(ok("Content-Length: 9223372036854775808\r\n")));
    CHECK(refused(ok("Transfer-Encoding: gzip\r\n")));
    CHECK(refused(ok("Transfer-Encoding: chunked, chunked\r\n")));
    CHECK(refused(answer("HTTP/1.0 200 OK", "Transfer-Encoding: chunked\r\n")));
}

TEST_CASE("a malformed response is refused") {
    CHECK(refused(answer("HTTP/2.0 200 OK", "")));
    CHECK(refused(answer("HTTP/1.1  200 OK", "")));
    CHECK(refused(answer("HTTP/1.1 20 OK", "")));
    CHECK(refused(answer("HTTP/1.1 2000 OK", "")));
    CHECK(refused(answer("HTTP/1.1 099 Low", "")));
    CHECK(refused(answer("HTTP/1.1 200\tOK", "")));
    CHECK(refused(answer("ICY 200 OK", "")));
    CHECK(refused(answer("HTTP/1.1 200 O\x01K", "")));
    CHECK(refused(ok("X: a\r\n b\r\n")));
    CHECK(refused(ok("X : a\r\n")));
    CHECK(refused(ok("X: a\nY: b\r\n")));
    CHECK(refused(ok("nonsense\r\n")));
    CHECK(refused(read_response("HTTP/1.1 200 OK\nX: y\n\n")));
    CHECK(refused(read_response("<html>")));
}

TEST_CASE("a head without end is refused after 64 KiB of it") {
    std::string text = "HTTP/1.1 200 OK\r\n";
    while (text.size() < 65536) text += "X: " + std::string(1000, 'x') + "\r\n";
    response_parser parser;
    CHECK(parser.parse(std::string_view(text).substr(0, 65535)) == progress::need_more);
    CHECK(parser.parse(text) == progress::failed);
    CHECK(refused(read_response("HTTP/1.1 200 " + std::string(40000, 'x'))));
    CHECK(refused(read_response("HTTP/1.1 200 OK\r\nX: " + std::string(40000, 'x'))));
}

// SPDX-License-Identifier: MIT
// tests/http/request_parser_test.cpp: requests that are accepted, limits, and pieces.
#include <doctest/doctest.h>

#include <nurt/http/request_parser.hpp>

#include "tests/http/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace nurt::http;
using nurt_test::feed;
using nurt_test::read_request;

namespace {

const std::string_view browser =
    "GET /search?q=c%2B%2B&n=10 HTTP/1.1\r\n"
    "Host: www.example.org:8080\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: \t pl,en;q=0.5 \t \r\n"
    "X-Empty:\r\n"
    "X!#$%&'*+-.^_`|~9: tab\there, \xc5\xbc\xc3\xb3\xc5\x82w\r\n"
    "Connection: keep-alive\r\n"
    "\r\n";

const std::vector<std::string>& valid() {
    static const std::vector<std::string> requests = {
        std::string(browser),
        "GET / HTTP/1.0\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
        "GET http://b.example:81/p?q HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\n\r\nhello",
        "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: keep-alive, Upgrade\r\n\r\n",
        "PUT /p HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n",
    };
    return requests;
}

std::string with(std::string_view fields, int minor = 1) {
    return read_request("GET / HTTP/1." + std::to_string(minor) + "\r\nHost: a\r\n" +
                        std::string(fields) + "\r\n");
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// A request whose head is exactly `size` bytes, filled with fields of at most 200 bytes.
std::string head_of(std::size_t size) {
    std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (size - text.size() > 202) text += "X: " + std::string(95, 'x') + "\r\n";
    text += "X: " + std::string(size - text.size() - 7, 'x') + "\r\n";
    return text + "\r\n";
}

}  // namespace

TEST_CASE("a browser's request is read into its parts") {
    request_parser parser;
    REQUIRE(parser.parse(browser) == progress::done);
    const request_head head = parser.head();
    CHECK(parser.size() == browser.size());
    CHECK(head.method == "GET");
    CHECK(head.target == "/search?q=c%2B%2B&n=10");
    CHECK(head.path() == "/search");
    CHECK(head.query() == "q=c%2B%2B&n=10");
    CHECK(head.authority == "www.example.org:8080");
    CHECK(head.fields.size() == 7);
    CHECK(head.fields["accept-language"] == "pl,en;q=0.5");
    CHECK(head.fields.find("x-empty") == "");
    CHECK(head.fields["X!#$%&'*+-.^_`|~9"] == "tab\there, \xc5\xbc\xc3\xb3\xc5\x82w");
    CHECK(head.body == framing{});
    CHECK(head.keep_alive);
}

TEST_CASE("the result does not depend on how a request was cut") {
    for (const std::string& request : valid()) {
        CAPTURE(request);
        const std::string whole = read_request(request);
        CHECK(has(whole, " size "));
        for (std::size_t cut = 0; cut <= request.size(); ++cut) {
            request_parser parser;
            CHECK(feed(parser, request, cut, request.size()) == whole);
        }
        for (const std::size_t step : {1U, 2U, 3U, 7U}) {
            request_parser parser;
            CHECK(feed(parser, request, step, step) == whole);
        }
    }
}

TEST_CASE("every beginning of a head needs more") {
    for (const std::string& request : valid()) {
        const std::size_t size = request.find("\r\n\r\n") + 4;
        for (std::size_t n = 0; n < size; ++n) {
            CHECK(read_request(request.substr(0, n)) == "need more");
        }
    }
}

TEST_CASE("bytes after the head are left alone") {
    const std::string first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string both = first + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n";
    request_parser parser;
    REQUIRE(parser.parse(both) == progress::done);
    CHECK(parser.size() == first.size());
    parser.reset();
    REQUIRE(parser.parse(std::string_view(both).substr(first.size())) == progress::done);
    CHECK(parser.head().target == "/2");
}

TEST_CASE("a head can be looked at in another place") {
    const std::string text = "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    request_parser parser;
    REQUIRE(parser.parse(text) == progress::done);
    const std::string copy = text;
    const request_head head = parser.head(copy.data());
    CHECK(head.target.data() == copy.data() + 4);
    CHECK(head.fields["x"].data() == copy.data() + 29);
    CHECK(head.authority == "a");
}

TEST_CASE("an idle connection is told from one in a request") {
    request_parser parser;
    CHECK(parser.parse("") == progress::need_more);
    CHECK(parser.idle());
    CHECK(parser.parse("\r\n") == progress::need_more);
    CHECK(parser.idle());
    CHECK(parser.parse("\r\nG") == progress::need_more);
    CHECK_FALSE(parser.idle());
    parser.reset();
    CHECK(parser.idle());
}

TEST_CASE("the connection is kept as version and Connection say") {
    CHECK(has(with(""), " keep"));
    CHECK(has(with("Connection: close\r\n"), " close"));
    CHECK(has(with("Connection: CLOSE\r\n"), " close"));
    CHECK(has(with("Connection: keep-alive, close\r\n"), " close"));
    CHECK(has(with("Connection: keep-alive\r\nConnection: close\r\n"), " close"));
    CHECK(has(with("Connection: closed\r\n"), " keep"));
    CHECK(has(with("", 0), " close"));
    CHECK(has(with("Connection: Keep-Alive\r\n", 0), " keep"));
    CHECK(has(with("Connection: x , keep-alive\r\n", 0), " keep"));
    CHECK(has(with("Connection: keep-alive, close\r\n", 0), " close"));
}

TEST_CASE("an upgrade needs both Upgrade and its mention in Connection") {
    CHECK(has(with("Connection: Upgrade\r\nUpgrade: websocket\r\n"), " upgrade"));
    CHECK_FALSE(has(with("Upgrade: websocket\r\n"), " upgrade"));
    CHECK_FALSE(has(with("Connection: Upgrade\r\n"), " upgrade"));
    CHECK_FALSE(has(with("Connection: Upgrade\r\nUpgrade: websocket\r\n", 0), " upgrade"));
}

TEST_CASE("an expectation counts in HTTP/1.1 only") {
    CHECK(has(with("Expect: 100-continue\r\n"), " expect"));
    CHECK_FALSE(has(with("Expect: 100-continue\r\n", 0), " expect"));
    CHECK(has(with("Expect: else\r\n", 0), " size "));
}

TEST_CASE("a later minor version is handled as 1.1") {
    CHECK(has(with("Transfer-Encoding: chunked\r\n", 9), "1.9 at a body chunked keep"));
}

TEST_CASE("a length may be anything up to 2^63-1") {
    CHECK(has(with("Content-Length: 9223372036854775807\r\n"), "length 9223372036854775807"));
    CHECK(has(with("Content-Length: 0\r\n"), "body length 0"));
    CHECK(has(with("Content-Length: \t 0042 \r\n"), "body length 42"));
}

TEST_CASE("an absolute target replaces Host") {
    request_parser parser;
    REQUIRE(parser.parse("GET HTTPS://b:1?q=/ HTTP/1.1\r\nHost: a\r\n\r\n") == progress::done);
    CHECK(parser.head().authority == "b:1");
    CHECK(parser.head().path() == "/");
    CHECK(parser.head().query() == "q=/");
}

TEST_CASE("a query may contain what looks like a URL") {
    request_parser parser;
    REQUIRE(parser.parse("GET /to?url=http://b/c HTTP/1.1\r\nHost: a\r\n\r\n") == progress::done);
    CHECK(parser.head().authority == "a");
    CHECK(parser.head().path() == "/to");
    CHECK(parser.head().query() == "url=http://b/c");
}

TEST_CASE("a request line is limited to 8 KiB, then answered with 414") {
    const auto line_of = [](std::size_t size) {
        return "GET /" + std::string(size - 14, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n";
    };
    CHECK(has(read_request(line_of(8191)), " size "));
    CHECK(has(read_request(line_of(8192)), " size "));
    CHECK(read_request(line_of(8193)) == "414: the request line is longer than the limit");
    request_parser parser;
    CHECK(feed(parser, line_of(8193), 1, 1).substr(0, 4) == "414:");
    CHECK(read_request(std::string(9000, 'x')).substr(0, 4) == "414:");
}

TEST_CASE("a field is limited to 8 KiB, then answered with 431") {
    const auto field_of = [](std::size_t size) {
        return "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(size - 3, 'x') + "\r\n\r\n";
    };
    CHECK(has(read_request(field_of(8191)), " size "));
    CHECK(has(read_request(field_of(8192)), " size "));
    CHECK(read_request(field_of(8193)) == "431: a field is longer than the limit");
    request_parser parser;
    CHECK(feed(parser, field_of(8193), 1, 1).substr(0, 4) == "431:");
}

TEST_CASE("a head is limited to 16 KiB, then answered with 431") {
    limits bounds;
    bounds.fields = 1000;
    CHECK(head_of(16384).size() == 16384);
    CHECK(has(read_request(head_of(16383), bounds), " size "));
    CHECK(has(read_request(head_of(16384), bounds), " size "));
    CHECK(read_request(head_of(16385), bounds) == "431: the fields are larger than the limit");
    request_parser parser(bounds);
    CHECK(feed(parser, head_of(16385), 1, 1).substr(0, 4) == "431:");
}

TEST_CASE("a head is limited to 100 fields, then answered with 431") {
    const auto fields = [](int count) {
        std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";
        for (int i = 1; i < count; ++i) text += "X: y\r\n";
        return text + "\r\n";
    };
    CHECK(has(read_request(fields(99)), " size "));
    CHECK(has(read_request(fields(100)), " size "));
    CHECK(read_request(fields(101)) == "431: more fields than the limit");
}

TEST_CASE("any numbers are safe as limits") {
    limits tiny;
    tiny.head = tiny.line = tiny.fields = 0;
    CHECK(read_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", tiny).substr(0, 4) == "414:");
    limits huge;
    huge.head = huge.line = huge.fields = 0xffffffff;
    CHECK(has(read_request("GET / HTTP/1.1\r\nHost: a\r\n\r\n", huge), " size "));
}

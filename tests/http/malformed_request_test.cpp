// SPDX-License-Identifier: MIT
// tests/http/malformed_request_test.cpp: requests that a strict server refuses, and with what.
//
// Each row is one way to be wrong. Most are how requests have been smuggled past proxies; some are
// what accidents look like. A row is fed whole and byte by byte.
#include <doctest/doctest.h>

#include "tests/http/feed.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_literals;

struct row {
    int status;
    std::string request;
};

void refuse_all(const std::vector<row>& rows) {
    for (const row& each : rows) {
        CAPTURE(each.request);
        const std::string whole = nurt_test::read_request(each.request);
        CHECK(whole.substr(0, 4) == std::to_string(each.status) + ":");
        nurt_test::request_parser parser;
        CHECK(nurt_test::feed(parser, each.request, 1, 1) == whole);
    }
}

std::string get(const std::string& fields) {
    return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string host(const std::string& value) {
    return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n";
}

std::string line(const std::string& request_line) {
    return request_line + "\r\nHost: a\r\n\r\n";
}

}  // namespace

TEST_CASE("a request whose body has two lengths is refused") {
    refuse_all({
        {400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
        {400, post("Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n")},
        {400, post("Content-Length: 5\r\nContent-Length: 5\r\n")},
        {400, post("Content-Length: 5\r\nContent-Length: 6\r\n")},
        {400, post("content-length: 5\r\nCONTENT-LENGTH: 5\r\n")},
        {400, post("Content-Length: 5, 5\r\n")},
        {400, post("Content-Length: 5,5\r\n")},
    });
}

TEST_CASE("a Content-Length that is no plain number is refused") {
    refuse_all({
        {400, post("Content-Length: +5\r\n")},
        {400, post("Content-Length: -5\r\n")},
        {400, post("Content-Length: 0x5\r\n")},
        {400, post("Content-Length: 5 5\r\n")},
        {400, post("Content-Length: 5.0\r\n")},
        {400, post("Content-Length: 1_000\r\n")},
        {400, post("Content-Length: \"5\"\r\n")},
        {400, post("Content-Length: five\r\n")},
        {400, post("Content-Length:\r\n")},
        {400, post("Content-Length: \t \r\n")},
        {400, post("Content-Length: 9223372036854775808\r\n")},
        {400, post("Content-Length: 18446744073709551616\r\n")},
        {400, post("Content-Length: 99999999999999999999999999\r\n")},
        {400, post("Content-Length: 5;\r\n")},
        {400, post("Content-Length: \xd9\xa5\r\n")},
    });
}

TEST_CASE("a transfer coding other than exactly chunked is refused") {
    refuse_all({
        {501, post("Transfer-Encoding: xchunked\r\n")},
        {501, post("Transfer-Encoding: gzip\r\n")},
        {501, post("Transfer-Encoding: gzip, chunked\r\n")},
        {501, post("Transfer-Encoding: identity\r\n")},
        {501, post("Transfer-Encoding: chunked;q=1\r\n")},
        {501, post("Transfer-Encoding: \"chunked\"\r\n")},
        {501, post("Transfer-Encoding: chunked chunked\r\n")},
        {501, post("Transfer-Encoding: \xa0\x63hunked\r\n")},
        {400, post("Transfer-Encoding: chunked, chunked\r\n")},
        {400, post("Transfer-Encoding: chunked, identity\r\n")},
        {400, post("Transfer-Encoding: chunked,\r\n")},
        {400, post("Transfer-Encoding: ,chunked\r\n")},
        {400, post("Transfer-Encoding:\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {400, post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")},
        {400, post("Transfer-Encoding: \x0b\x63hunked\r\n")},
        {400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"},
    });
}

TEST_CASE("a line that does not end with CR LF is refused") {
    refuse_all({
        {400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {400, "GET / HTTP/1.1\nHost: a\n\n"},
        {400, "GET / HTTP/1.1\rHost: a\r\r"},
        {400, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\n\rX: b\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"},
        {400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
        {400, "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    });
}

TEST_CASE("white space where none belongs in a field is refused") {
    refuse_all({
        {400, get("X: a\r\n b\r\n")},
        {400, get("X: a\r\n\tb\r\n")},
        {400, get("X: a\r\n \r\n")},
        {400, get("X : a\r\n")},
        {400, get("X\t: a\r\n")},
        {400, get(" X: a\r\n")},
        {400, get("X Y: a\r\n")},
        {400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        {400, get("Transfer-Encoding : chunked\r\n")},
        {400, get("Content-Length:\r\n 5\r\n")},
    });
}

TEST_CASE("a field with an illegal name is refused") {
    refuse_all({
        {400, get(": a\r\n")},
        {400, get("X\r\n")},
        {400, get("X@Y: a\r\n")},
        {400, get("X(: a\r\n")},
        {400, get("X\"Y\": a\r\n")},
        {400, get("\xc3\xbc: a\r\n")},
        {400, get("X\0: a\r\n"s)},
        {400, get("X\x7f: a\r\n")},
        {400, get("A-name-of-more-than-sixteen[bytes: a\r\n")},
    });
}

TEST_CASE("a control byte in a value is refused") {
    refuse_all({
        {400, get("X: a\0b\r\n"s)},
        {400, get("X: a\x01z\r\n")},
        {400, get("X: a\x0bz\r\n")},
        {400, get("X: a\x1b[0m\r\n")},
        {400, get("X: a\x7fz\r\n")},
        {400, get("X: sixteen bytes and a bit more\x08\r\n")},
    });
}

TEST_CASE("a request without exactly one good Host is refused") {
    refuse_all({
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n"},
        {400, get("Host: a\r\n")},
        {400, get("host: b\r\n")},
        {400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
        {400, "GET http://a/ HTTP/1.1\r\n\r\n"},
        {400, host("user@a")},
        {400, host("user:pass@a")},
        {400, host("")},
        {400, host("a b")},
        {400, host("a, b")},
        {400, host("a/b")},
        {400, host("http://a")},
        {400, host("a:b")},
        {400, host("a:80:80")},
        {400, host("a:65536")},
        {400, host("a:+80")},
        {400, host(":80")},
        {400, host("[::1")},
        {400, host("[::g]")},
        {400, host("\xc3\xbc.de")},
    });
}

TEST_CASE("a request line that is not method, target and version is refused") {
    refuse_all({
        {400, line("GET /")},           {400, line("GET  / HTTP/1.1")},
        {400, line("GET /  HTTP/1.1")}, {400, line("GET / HTTP/1.1 ")},
        {400, line(" GET / HTTP/1.1")}, {400, line("GET\t/\tHTTP/1.1")},
        {400, line("G@T / HTTP/1.1")},  {400, line(" / HTTP/1.1")},
        {400, line("GET HTTP/1.1")},    {400, line("GET /a b HTTP/1.1")},
        {400, line("GET / http/1.1")},  {400, line("GET / HTTP/1.")},
        {400, line("GET / HTTP/1.10")}, {400, line("GET / HTTP/.1")},
        {400, line("GET / HTTP/1,1")},  {400, line("GET / HTTPS/1.1")},
        {400, line("GET / HTTP/ 1.1")}, {400, line("GET / HTTP/a.1")},
        {505, line("GET / HTTP/2.0")},  {505, line("GET / HTTP/0.9")},
        {505, line("PRI * HTTP/2.0")},
    });
}

TEST_CASE("an illegal target is refused") {
    refuse_all({
        {400, line("GET /#top HTTP/1.1")},
        {400, line("GET /\x01 HTTP/1.1")},
        {400, line("GET /\x7f HTTP/1.1")},
        {400, line("GET /\xc5\xbc HTTP/1.1")},
        {400, line("GET /\0 HTTP/1.1"s)},
        {400, line("GET index.html HTTP/1.1")},
        {400, line("GET * HTTP/1.1")},
        {400, line("GET ftp://a/ HTTP/1.1")},
        {400, line("GET http:/a HTTP/1.1")},
        {400, line("GET http:///path HTTP/1.1")},
        {400, line("GET http://u@a/ HTTP/1.1")},
        {400, line("GET http://a:x/ HTTP/1.1")},
        {400, line("GET http://?a HTTP/1.1")},
        {400, line("CONNECT / HTTP/1.1")},
        {400, line("CONNECT a HTTP/1.1")},
        {400, line("CONNECT a: HTTP/1.1")},
        {400, line("CONNECT u@a:80 HTTP/1.1")},
        {400, line("CONNECT http://a:80/ HTTP/1.1")},
    });
}

TEST_CASE("what is not HTTP at all is refused at the first illegal byte") {
    CHECK(nurt_test::read_request("\x16\x03\x01") == "400: an illegal byte in the method");
    CHECK(nurt_test::read_request("GET /\n") == "400: an illegal byte in the target");
    CHECK(nurt_test::read_request(std::string(1, '\0')).substr(0, 4) == "400:");
    CHECK(nurt_test::read_request("SSH-2.0-OpenSSH_9.2\r\n").substr(0, 4) == "400:");
}

TEST_CASE("an expectation that nobody knows is answered with 417") {
    refuse_all({{417, post("Expect: 200-ok\r\n")}});
}

TEST_CASE("a parser that failed stays failed until it is reset") {
    nurt_test::request_parser parser;
    CHECK(parser.parse("?") == nurt_test::progress::failed);
    CHECK(parser.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == nurt_test::progress::failed);
    parser.reset();
    CHECK(parser.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == nurt_test::progress::done);
}

// SPDX-License-Identifier: MIT
// tests/http/writer_test.cpp: heads that are written, dates, status codes and methods.
#include <doctest/doctest.h>

#include <nurt/http/date.hpp>
#include <nurt/http/errors.hpp>
#include <nurt/http/headers.hpp>
#include <nurt/http/method.hpp>
#include <nurt/http/status.hpp>
#include <nurt/http/writer.hpp>

#include "tests/http/feed.hpp"

#include <cstdint>
#include <string>

using namespace nurt::http;

TEST_CASE("a written response is read back") {
    headers fields;
    fields.add("Content-Type", "text/plain");
    date_cache date;
    std::string out;
    append_status_line(out, 404);
    out += date.line(784111777);
    append_content_length(out, 890);
    append_field(out, "X", " y ");
    out += fields.wire();
    out += "\r\n";
    CHECK(nurt_test::read_response(out) ==
          "404 Not Found 1.1 body length 890 keep size " + std::to_string(out.size()) +
              "\nDate=Sun, 06 Nov 1994 08:49:37 GMT\nContent-Length=890\nX=y"
              "\nContent-Type=text/plain");
}

TEST_CASE("a status line has the given reason, else the registered one") {
    std::string out;
    append_status_line(out, 200);
    append_status_line(out, 200, "Fine");
    append_status_line(out, 299);
    CHECK(out == "HTTP/1.1 200 OK\r\nHTTP/1.1 200 Fine\r\nHTTP/1.1 299 \r\n");
}

TEST_CASE("a length of any size is written") {
    std::string out;
    append_content_length(out, 0);
    append_content_length(out, UINT64_MAX);
    CHECK(out == "Content-Length: 0\r\nContent-Length: 18446744073709551615\r\n");
}

TEST_CASE("a first line that would split the message is refused and nothing is written") {
    std::string out;
    CHECK_THROWS_AS(append_status_line(out, 200, "OK\r\nX: y"), http_error);
    CHECK_THROWS_AS(append_status_line(out, 99), http_error);
    CHECK_THROWS_AS(append_status_line(out, 1000), http_error);
    CHECK_THROWS_AS(append_status_line(out, -200), http_error);
    CHECK_THROWS_AS(append_request_line(out, "GET ", "/"), http_error);
    CHECK_THROWS_AS(append_request_line(out, "", "/"), http_error);
    CHECK_THROWS_AS(append_request_line(out, "GET", "/a b"), http_error);
    CHECK_THROWS_AS(append_request_line(out, "GET", "/\r\nX: y"), http_error);
    CHECK_THROWS_AS(append_request_line(out, "GET", ""), http_error);
    CHECK_THROWS_AS(append_field(out, "X", "a\r\nb"), invalid_header);
    CHECK(out.empty());
}

TEST_CASE("a request line is written") {
    std::string out;
    append_request_line(out, "GET", "/a?b=c");
    CHECK(out == "GET /a?b=c HTTP/1.1\r\n");
}

TEST_CASE("dates are those of the Gregorian calendar") {
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(http_date(951868799) == "Tue, 29 Feb 2000 23:59:59 GMT");
    CHECK(http_date(951868800) == "Wed, 01 Mar 2000 00:00:00 GMT");
    CHECK(http_date(4107542399) == "Sun, 28 Feb 2100 23:59:59 GMT");
    CHECK(http_date(4107542400) == "Mon, 01 Mar 2100 00:00:00 GMT");
    CHECK(http_date(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    CHECK(http_date(1798761599) == "Thu, 31 Dec 2026 23:59:59 GMT");
    CHECK(http_date(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
    CHECK(http_date(INT64_MIN) == "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST_CASE("the cached date changes with the second") {
    date_cache date;
    CHECK(date.line(0) == "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
    CHECK(date.line(0) == "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
    CHECK(date.line(1) == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n");
    CHECK(date.line(0) == "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n");
}

TEST_CASE("registered codes have a reason, others none") {
    CHECK(reason_phrase(418) == "I'm a teapot");
    CHECK(reason_phrase(status::header_fields_too_large) == "Request Header Fields Too Large");
    CHECK(reason_phrase(299) == "");
    CHECK(reason_phrase(-1) == "");
    CHECK(reason_phrase(600) == "");
}

TEST_CASE("codes have a class") {
    CHECK(is_informational(103));
    CHECK(is_success(204));
    CHECK(is_redirect(308));
    CHECK(is_client_error(404));
    CHECK(is_server_error(503));
    CHECK_FALSE(is_success(300));
    CHECK(forbids_body(304));
    CHECK_FALSE(forbids_body(205));
}

TEST_CASE("methods have promises") {
    CHECK(is_safe("HEAD"));
    CHECK_FALSE(is_safe("get"));
    CHECK(is_idempotent("DELETE"));
    CHECK_FALSE(is_idempotent("POST"));
    CHECK(expects_body("PATCH"));
    CHECK_FALSE(expects_body("GET"));
}

// SPDX-License-Identifier: MIT
// tests/http/headers_test.cpp: the list of fields, and the errors.
#include <doctest/doctest.h>

#include <nurt/http/errors.hpp>
#include <nurt/http/headers.hpp>

#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

using namespace nurt::http;
using namespace std::string_literals;

static_assert(std::forward_iterator<headers_view::iterator>);
static_assert(!std::is_aggregate_v<headers>);
static_assert(std::is_trivially_destructible_v<headers_view>);

TEST_CASE("fields are found whatever the case of their name") {
    headers fields;
    fields.add("Content-Type", "text/plain");
    CHECK(fields.find("content-type") == "text/plain");
    CHECK(fields["CONTENT-TYPE"] == "text/plain");
    CHECK(fields.contains("Content-type"));
    CHECK_FALSE(fields.contains("Content-Typ"));
    CHECK_FALSE(fields.find("Content-Length").has_value());
    CHECK(fields["Content-Length"] == "");
}

TEST_CASE("a name may occur more than once") {
    headers fields;
    fields.add("Accept", "a").add("X", "y").add("accept", "b");
    CHECK(fields.size() == 3);
    CHECK(fields.count("ACCEPT") == 2);
    CHECK(fields["accept"] == "a");
    CHECK(fields.all("accept") == std::vector<std::string_view>{"a", "b"});
    CHECK(fields.combined("accept") == "a, b");
    CHECK(fields.combined("none") == "");
}

TEST_CASE("fields keep their order and the spelling of their names") {
    headers fields;
    fields.add("b", "1").add("A", "2").add("B", "3");
    std::string seen;
    for (const header field : fields) seen.append(field.name).append(field.value);
    CHECK(seen == "b1A2B3");
    CHECK(fields.wire() == "b: 1\r\nA: 2\r\nB: 3\r\n");
}

TEST_CASE("set replaces the first field of the name and removes the others") {
    headers fields;
    fields.add("X", "1").add("Y", "middle").add("x", "2").add("Z", "end").add("X", "3");
    fields.set("X", "a much longer value");
    CHECK(fields.wire() == "X: a much longer value\r\nY: middle\r\nZ: end\r\n");
    fields.set("x", "");
    CHECK(fields.wire() == "X: \r\nY: middle\r\nZ: end\r\n");
    CHECK(fields["Z"] == "end");
    fields.set("New", "n");
    CHECK(fields["New"] == "n");
    CHECK(fields.size() == 4);
}

TEST_CASE("remove takes out every field of the name") {
    headers fields;
    fields.add("X", "1").add("Y", "2").add("x", "3");
    CHECK(fields.remove("X") == 2);
    CHECK(fields.remove("X") == 0);
    CHECK(fields.wire() == "Y: 2\r\n");
    CHECK(fields["y"] == "2");
    fields.clear();
    CHECK(fields.empty());
    CHECK(fields.wire().empty());
}

TEST_CASE("spaces around a value are dropped") {
    headers fields;
    fields.add("X", " \t a b \t ");
    CHECK(fields["X"] == "a b");
    fields.set("X", " c ");
    CHECK(fields.wire() == "X: c\r\n");
}

TEST_CASE("a field can be made from another field of the same message") {
    headers fields;
    fields.add("First", "some value that is not short");
    for (int i = 0; i < 20; ++i) fields.add("Copy", fields["first"]);
    CHECK(fields.count("copy") == 20);
    CHECK(fields.all("copy").back() == "some value that is not short");
    fields.set("Copy", fields["First"]);
    CHECK(fields.size() == 2);
    fields.add_all(fields);
    CHECK(fields.size() == 4);
    CHECK(fields.all("Copy").back() == "some value that is not short");
}

TEST_CASE("a field that would split the message is refused and changes nothing") {
    headers fields;
    fields.add("X", "y");
    CHECK_THROWS_AS(fields.add("A", "b\r\nSet-Cookie: c"), invalid_header);
    CHECK_THROWS_AS(fields.add("A", "b\n"), invalid_header);
    CHECK_THROWS_AS(fields.add("A", "b\r"), invalid_header);
    CHECK_THROWS_AS(fields.add("A", "b\0c"s), invalid_header);
    CHECK_THROWS_AS(fields.add("A", "b\x7f"), invalid_header);
    CHECK_THROWS_AS(fields.add("A", "sixteen bytes or more\x0b"), invalid_header);
    CHECK_THROWS_AS(fields.set("X", "b\nc"), invalid_header);
    CHECK_THROWS_AS(fields.add("", "b"), invalid_header);
    CHECK_THROWS_AS(fields.add("A:", "b"), invalid_header);
    CHECK_THROWS_AS(fields.add("A b", "b"), invalid_header);
    CHECK_THROWS_AS(fields.add("A\r\nB", "b"), invalid_header);
    CHECK_THROWS_AS(fields.add("\xc3\xbc", "b"), invalid_header);
    CHECK(fields.wire() == "X: y\r\n");
}

TEST_CASE("tabs and bytes above ASCII are legal in a value") {
    headers fields;
    fields.add("X", "a\tb \xc5\xbc\xff");
    CHECK(fields["x"] == "a\tb \xc5\xbc\xff");
}

TEST_CASE("a list is searched by element") {
    headers fields;
    fields.add("Connection", "keep-alive, Upgrade").add("Connection", " , x");
    CHECK(fields.lists("connection", "upgrade"));
    CHECK(fields.lists("connection", "X"));
    CHECK_FALSE(fields.lists("connection", "keep"));
    CHECK_FALSE(fields.lists("vary", "x"));
}

TEST_CASE("a copy has its own text") {
    headers fields;
    fields.add("X", "1");
    headers copy = fields;
    copy.set("X", "2");
    CHECK(fields["X"] == "1");
    CHECK(copy["X"] == "2");
}

TEST_CASE("errors say what was tried on what and why") {
    const status_error error("GET", "http://a/b", 404);
    CHECK(error.what() == "GET http://a/b: 404 Not Found"s);
    CHECK(error.method() == "GET");
    CHECK(error.url() == "http://a/b");
    CHECK(error.status() == 404);
    CHECK(invalid_header("a\r\n", "why").what() == "header 'a\\x0d\\x0a': why"s);
    CHECK_THROWS_AS(throw read_timeout("GET", "u", "w"), nurt::http::timeout_error);
    CHECK_THROWS_AS(throw connect_error("GET", "u", "w"), transport_error);
    CHECK_THROWS_AS(throw remote_protocol_error("GET", "u", "w"), nurt::error);
}

// SPDX-License-Identifier: MIT
// tests/json/write_test.cpp: the text of values, and the writer that needs no values.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "nurt/json/parse.hpp"
#include "nurt/json/write.hpp"
#include "tests/support/support.hpp"

namespace json = nurt::json;

namespace {

using engine = std::mt19937_64;

double any_double(engine& random) {
    const std::uint64_t bits = random();
    double d = 0;
    std::memcpy(&d, &bits, sizeof d);
    return std::isfinite(d) ? d : 0.5;
}

std::string any_text(engine& random) {
    static const char* const pieces[] = {
        "a", "\"", "\\", "\n", "\x01", "\u00e9", "\u20ac", "\U0001F600", "/", "\x7f", "plain text"};
    std::string text;
    for (auto n = random() % 6; n > 0; --n) text += pieces[random() % std::size(pieces)];
    return text;
}

json::value any_value(engine& random, int depth) {
    switch (random() % (depth > 0 ? 8 : 6)) {
        case 0: return nullptr;
        case 1: return random() % 2 == 0;
        case 2: return static_cast<std::int64_t>(random());
        case 3: return random();
        case 4: return any_double(random);
        case 5: return any_text(random);
        case 6: {
            json::array elements;
            for (auto n = random() % 5; n > 0; --n) elements.append(any_value(random, depth - 1));
            return elements;
        }
        default: {
            json::object members;
            for (auto n = random() % 5; n > 0; --n) {
                members.set(any_text(random), any_value(random, depth - 1));
            }
            return members;
        }
    }
}

}  // namespace

TEST_CASE("a value is written on one line without spaces") {
    const json::value v =
        json::object{"a", 1, "b", json::array{true, nullptr, "x"}, "c", json::object()};
    CHECK(json::dump(v) == R"({"a":1,"b":[true,null,"x"],"c":{}})");
}

TEST_CASE("with indent each element has its line, empty ones stay closed") {
    const json::value v = json::object{
        "b", json::array{1, json::object{"x", 2}}, "a", json::array(), "o", json::object()};
    CHECK(
        json::dump(v, {.indent = 2, .sort_keys = true}) ==
        "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {\n      \"x\": 2\n    }\n  ],\n  \"o\": {}\n}");
}

TEST_CASE("strings are escaped as little as JSON allows") {
    CHECK(json::dump("a\"b\\c/d\b\f\n\r\t\x01\x7f") ==
          "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\x7f\"");
    CHECK(json::dump("\u00e9\U0001F600") == "\"\u00e9\U0001F600\"");
    CHECK(json::dump(std::string(1, '\0')) == R"("\u0000")");
}

TEST_CASE("in ascii everything above U+007F is escaped") {
    CHECK(json::dump("\u00e9\u20ac\U0001F600", {.ascii = true}) == R"("\u00e9\u20ac\ud83d\ude00")");
}

TEST_CASE("bytes that are not UTF-8 are written as U+FFFD") {
    CHECK(json::dump("caf\xe9!") == "\"caf\ufffd!\"");
    CHECK(json::dump("\xe2\x82", {.ascii = true}) == R"("\ufffd\ufffd")");
}

TEST_CASE("a double is written with the fewest digits and stays a double") {
    CHECK(json::dump(0.1) == "0.1");
    CHECK(json::dump(1.0) == "1.0");
    CHECK(json::dump(-0.0) == "-0.0");
    CHECK(json::dump(1e300) == "1e+300");
    CHECK(json::dump(5e-324) == "5e-324");
    CHECK(json::dump(-2.2250738585072014e-308) == "-2.2250738585072014e-308");
}

TEST_CASE("integers are written whole") {
    CHECK(json::dump(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(json::dump(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
}

TEST_CASE("what is not finite has no JSON form") {
    CHECK_THROWS_AS(json::dump(std::nan("")), json::write_error);
    CHECK_THROWS_AS(json::dump(json::array{1.0, HUGE_VAL}), json::write_error);
}

TEST_CASE("the writer builds a document without values") {
    std::string out = "body=";
    json::writer w(out);
    w.begin_object().member("id", 7).member("ok", true).key("tags").begin_array();
    w.write("a").write(nullptr).raw("{\"x\":1}").end_array();
    w.key("empty").begin_object().end_object().member("pi", 3.5).member("v", json::value("t"));
    w.end_object();
    CHECK(out ==
          R"(body={"id":7,"ok":true,"tags":["a",null,{"x":1}],"empty":{},"pi":3.5,"v":"t"})");
}

TEST_CASE("the writer indents as dump does") {
    std::string out;
    json::writer w(out, {.indent = 1});
    w.begin_array().write(1).begin_object().member("a", 2).end_object().end_array();
    CHECK(out == json::dump(json::array{1, json::object{"a", 2}}, {.indent = 1}));
}

TEST_CASE("whatever is written reads back as the same value, in every style") {
    engine random(nurt_test::seed());
    for (int round = 0; round < 2000; ++round) {
        const json::value v = any_value(random, 5);
        const std::string text = json::dump(v);
        CAPTURE(text);
        REQUIRE(json::parse(text) == v);
        REQUIRE(json::dump(json::parse(text)) == text);
        REQUIRE(json::parse(json::dump(v, {.indent = 2, .ascii = true, .sort_keys = true})) == v);
    }
}

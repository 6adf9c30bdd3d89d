// SPDX-License-Identifier: MIT
// tests/json/parse_test.cpp: what is JSON, what is not, and what the reader is told.
#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "nurt/json/parse.hpp"

namespace json = nurt::json;

namespace {

std::string why(std::string_view text) {
    std::string reason = "it is JSON";
    json::try_parse(text, &reason);
    return reason;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("a document becomes the value that it describes") {
    const json::value v = json::parse(
        R"( {"name": "Ada", "age": 36, "tags": ["x", true, null], "pi": 3.25, "o": {}} )");
    CHECK(v == json::object{"name", "Ada", "age", 36, "tags", json::array{"x", true, nullptr}, "pi",
                            3.25, "o", json::object()});
}

TEST_CASE("any value may stand alone, with any white space around it") {
    CHECK(json::parse("7") == 7);
    CHECK(json::parse("\t\r\n \"s\" \n") == "s");
    CHECK(json::parse("true") == true);
    CHECK(json::parse("null").is_null());
    CHECK(json::parse("[]").as_array().empty());
}

TEST_CASE("numbers keep their kind and their last digit") {
    CHECK(json::parse("-0").is_integer());
    CHECK(std::signbit(json::parse("-0.0").get<double>()));
    CHECK(json::parse("9223372036854775807").get<std::int64_t>() == INT64_MAX);
    CHECK(json::parse("-9223372036854775808").get<std::int64_t>() == INT64_MIN);
    CHECK(json::parse("18446744073709551615").get<std::uint64_t>() == UINT64_MAX);
    CHECK(json::parse("1E2").get<double>() == 100.0);
    CHECK(json::parse("5e-324").get<double>() == 5e-324);
    CHECK(json::parse("1.7976931348623157e308").get<double>() == 1.7976931348623157e308);
}

TEST_CASE("an integer beyond 64 bits becomes the nearest double") {
    CHECK(json::parse("18446744073709551616").get<double>() == 0x1p64);
    CHECK(json::parse("-9223372036854775809").get<double>() == -0x1p63);
    CHECK(json::parse("[1" + std::string(40, '0') + "]")[0].get<double>() == 1e40);
}

TEST_CASE("a number too small for a double is zero, one too large is refused") {
    CHECK(json::parse("1e-999").get<double>() == 0.0);
    CHECK(json::parse("0." + std::string(400, '0') + "1").get<double>() == 0.0);
    CHECK(json::parse("0e99999999999").get<double>() == 0.0);
    CHECK(why("[1e999]") == "parse JSON at byte 1: number too large for a double");
    CHECK(why("1" + std::string(400, '0')) ==
          "parse JSON at byte 0: number too large for a double");
    CHECK(why("1" + std::string(400, '0') + "e-5") ==
          "parse JSON at byte 0: number too large for a double");
}

TEST_CASE("escapes stand for their characters") {
    CHECK(json::parse(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
    CHECK(json::parse(R"("\u0041\u00e9\u20AC\ud83d\ude00")") == "A\u00e9\u20ac\U0001F600");
    CHECK(json::parse(R"("\u0000")").as_string() == std::string(1, '\0'));
    CHECK(json::parse("\"\x7f\"") == "\x7f");
}

TEST_CASE("of two members with one name the last one counts") {
    CHECK(json::parse(R"({"a":1,"b":2,"a":3})") == json::object{"a", 3, "b", 2});
}

TEST_CASE("half of a surrogate pair is refused") {
    CHECK(why(R"(["\ud83d"])") == "parse JSON at byte 2: half of a surrogate pair in a string");
    CHECK(why(R"("\ude00")") == "parse JSON at byte 1: half of a surrogate pair in a string");
    CHECK(why(R"("\ud83dx")") == "parse JSON at byte 1: half of a surrogate pair in a string");
    CHECK(why(R"("\ud83d\u0041")") == "parse JSON at byte 1: half of a surrogate pair in a string");
}

TEST_CASE("text that is not UTF-8 is refused where it goes wrong") {
    CHECK(why("\"ab\xff\"") == "parse JSON at byte 3: the string is not UTF-8");
    CHECK(why("\"\xc0\xaf\"") == "parse JSON at byte 1: the string is not UTF-8");
    CHECK(why("\"\xed\xa0\x80\"") == "parse JSON at byte 1: the string is not UTF-8");
    CHECK(why("\"\xf4\x90\x80\x80\"") == "parse JSON at byte 1: the string is not UTF-8");
    CHECK(why("\"\xe2\x82\"") == "parse JSON at byte 1: the string is not UTF-8");
}

TEST_CASE("a message names the byte and what was expected there") {
    CHECK(why("") ==
          "parse JSON at byte 0: expected a value, found nothing but the end of the text");
    CHECK(why("{\"a\" 1}") ==
          "parse JSON at byte 5: expected ':' after a member's name, found '1'");
    CHECK(why("[1,]") == "parse JSON at byte 3: expected a value, found ']'");
    CHECK(why("[1 2]") == "parse JSON at byte 3: expected ',' or ']' after an element, found '2'");
    CHECK(why("{\"a\":1,}") ==
          "parse JSON at byte 7: expected a member's name in double quotes, found '}'");
    CHECK(why("{a:1}") ==
          "parse JSON at byte 1: expected a member's name in double quotes, found 'a'");
    CHECK(why("1 1") ==
          "parse JSON at byte 2: expected the end of the text after the value, found '1'");
    CHECK(why("[1") ==
          "parse JSON at byte 2: expected ',' or ']' after an element, found the end of the text");
    CHECK(why("\xef\xbb\xbf{}") ==
          "parse JSON at byte 0: expected a value, found a byte order mark");
    CHECK(why("[\x01]") == "parse JSON at byte 1: expected a value, found byte 0x01");
}

TEST_CASE("the near misses of RFC 8259 are refused") {
    CHECK(why("01") == "parse JSON at byte 1: number with a leading zero");
    CHECK(why("-") ==
          "parse JSON at byte 1: expected a digit after '-', found the end of the text");
    CHECK(why("1.") ==
          "parse JSON at byte 2: expected a digit after '.', found the end of the text");
    CHECK(why("1e+") ==
          "parse JSON at byte 3: expected a digit in the exponent, found the end of the text");
    CHECK(why(".5") == "parse JSON at byte 0: expected a value, found '.'");
    CHECK(why("+1") == "parse JSON at byte 0: expected a value, found '+'");
    CHECK(why("NaN") == "parse JSON at byte 0: expected a value, found 'N'");
    CHECK(why("nul") == "parse JSON at byte 0: expected a value, found 'n'");
    CHECK(why("'a'") == "parse JSON at byte 0: expected a value, found '''");
    CHECK(why("\"a") == "parse JSON at byte 0: the string that begins here has no end");
    CHECK(why("\"a\nb\"") ==
          "parse JSON at byte 2: control character in a string, write it as \\u00XX");
    CHECK(why(R"("\x41")") == "parse JSON at byte 1: unknown escape in a string");
    CHECK(why(R"("\u12g4")") == "parse JSON at byte 1: expected four hexadecimal digits after \\u");
    CHECK(why("/* */ 1") == "parse JSON at byte 0: expected a value, found '/'");
    CHECK(why("nullx") ==
          "parse JSON at byte 4: expected the end of the text after the value, found 'x'");
}

TEST_CASE("a zero byte does not end the text") {
    using namespace std::string_view_literals;
    CHECK(why("1\0"sv) ==
          "parse JSON at byte 1: expected the end of the text after the value, found byte 0x00");
    CHECK(why("\"a\0b\""sv) ==
          "parse JSON at byte 2: control character in a string, write it as \\u00XX");
}

TEST_CASE("values nest 64 deep and not deeper") {
    CHECK(why(nested(64)) == "it is JSON");
    CHECK(why(nested(65)) == "parse JSON at byte 64: nested deeper than 64 arrays and objects");
    CHECK(why(std::string(1'000'000, '[')) ==
          "parse JSON at byte 64: nested deeper than 64 arrays and objects");
}

TEST_CASE("parse throws an error of the family with its position") {
    try {
        json::parse("[1;2]");
        FAIL("no error");
    } catch (const nurt::error& e) {
        CHECK(std::string_view(e.what()) ==
              "parse JSON at byte 2: expected ',' or ']' after an element, found ';'");
        CHECK(dynamic_cast<const json::parse_error&>(e).position() == 2);
    }
}

TEST_CASE("a text larger than the shared buffers parses as a small one does") {
    std::string text = "[";
    for (int i = 0; i < 50'000; ++i) text += std::to_string(i) + ",";
    text += "-1]";
    const json::value v = json::parse(text);
    CHECK(v.size() == 50'001);
    CHECK(v[49'999] == 49'999);
}

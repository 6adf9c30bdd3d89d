// SPDX-License-Identifier: MIT
// tests/json/value_test.cpp: building, asking and comparing values.
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "nurt/core/generator.hpp"
#include "nurt/json/value.hpp"
#include "nurt/json/write.hpp"

namespace json = nurt::json;

namespace {

// Everything stands in one expression with the suspension, as it does beside a co_await.
nurt::generator<std::string, int> documents(std::string text) {
    co_yield json::dump(json::object{"text", text, "list", json::array{1, text, nullptr}});
    co_yield json::dump(json::object().set(text, json::object{"n", co_yield "?"}).set("m", text));
}

}  // namespace

TEST_CASE("a value knows its kind") {
    CHECK(json::value().is_null());
    CHECK(json::value(nullptr).is_null());
    CHECK(json::value(true).is_bool());
    CHECK(json::value(1).is_integer());
    CHECK(json::value(1.0).is_number());
    CHECK_FALSE(json::value(1.0).is_integer());
    CHECK(json::value("text").is_string());
    CHECK(json::value(json::array()).is_array());
    CHECK(json::value(json::object()).is_object());
}

TEST_CASE("an object is built from names and values by turns and keeps their order") {
    const json::object o{"z", 1, "a", json::array{1, "two", nullptr}, "m", json::object{"x", 2.5}};
    std::string names;
    for (const auto& [name, value] : o) names += name;
    CHECK(names == "zam");
    CHECK(o.at("a").size() == 3);
    CHECK(o.at("m").at("x") == 2.5);
}

TEST_CASE("set replaces a member's value at its place") {
    json::object o{"a", 1, "b", 2};
    o.set("a", 3).set("c", 4);
    CHECK(o.size() == 3);
    CHECK(o.begin()->name == "a");
    CHECK(o.at("a") == 3);
}

TEST_CASE("a chain of set may start from a temporary") {
    const json::value v = json::object().set("id", 7).set("ok", true);
    CHECK(v == json::object{"ok", true, "id", 7});
}

TEST_CASE("erase removes a member and says whether there was one") {
    json::object o{"a", 1, "b", 2};
    CHECK(o.erase("a"));
    CHECK_FALSE(o.erase("a"));
    CHECK(o.size() == 1);
    CHECK(o.at("b") == 2);
}

TEST_CASE("an array of one array is a copy, append nests") {
    const json::array inner{1, 2};
    CHECK(json::array{inner}.size() == 2);
    CHECK(json::array().append(inner).size() == 1);
}

TEST_CASE("an array is made from any range") {
    const std::vector<std::string> words{"a", "b"};
    CHECK(json::array::from(words) == json::array{"a", "b"});
}

TEST_CASE("the brackets of a value that may change make objects and members") {
    json::value v;
    v["user"]["name"] = "Ada";
    v["user"]["tags"] = json::array{"x"};
    v["user"]["tags"].as_array().append("y");
    CHECK(v["user"]["tags"][1] == "y");
    CHECK(v.at("user").at("name") == "Ada");
}

TEST_CASE("asking for what is not there says what is missing") {
    const json::value v = json::object{"list", json::array{1, 2, 3}, "text", "t"};
    CHECK_THROWS_WITH_AS(v.at("id"), "JSON object has no member \"id\"", json::access_error);
    CHECK_THROWS_WITH_AS(v["list"].at(3), "JSON array of 3 elements has no element 3",
                         json::access_error);
    CHECK_THROWS_WITH_AS(v["list"].at(-1), "JSON array of 3 elements has no element -1",
                         json::access_error);
    CHECK_THROWS_WITH_AS(v["text"].get<int>(), "JSON value is a string, expected a number",
                         json::access_error);
    CHECK_THROWS_WITH_AS(v["text"].at("x"), "JSON value is a string, expected an object",
                         json::access_error);
}

TEST_CASE("find and contains answer for every kind") {
    const json::value v = json::object{"a", 1};
    CHECK(v.contains("a"));
    CHECK(v.find("b") == nullptr);
    CHECK_FALSE(json::value(3).contains("a"));
    CHECK(json::value("text").find("a") == nullptr);
}

TEST_CASE("value_or gives the fallback for a member that is missing or null") {
    const json::value v = json::object{"n", 5, "s", "x", "nothing", nullptr};
    CHECK(v.value_or("n", 1) == 5);
    CHECK(v.value_or("m", 1) == 1);
    CHECK(v.value_or("nothing", 1) == 1);
    CHECK(v.value_or("s", "y") == "x");
    CHECK(v.value_or("t", "y") == "y");
}

TEST_CASE("get converts numbers only where nothing is lost") {
    CHECK(json::value(3.0).get<int>() == 3);
    CHECK(json::value(7).get<double>() == 7.0);
    CHECK(json::value(255).get<unsigned char>() == 255);
    CHECK_THROWS_AS(json::value(256).get<unsigned char>(), json::access_error);
    CHECK_THROWS_AS(json::value(-1).get<unsigned>(), json::access_error);
    CHECK_THROWS_AS(json::value(3.5).get<int>(), json::access_error);
    CHECK_THROWS_AS(json::value(1e300).get<std::int64_t>(), json::access_error);
    CHECK_THROWS_AS(json::value(true).get<int>(), json::access_error);
}

TEST_CASE("the largest unsigned number is kept exactly") {
    const json::value v = std::numeric_limits<std::uint64_t>::max();
    CHECK(v.get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
    CHECK(v.is_integer());
    CHECK_THROWS_AS(v.get<std::int64_t>(), json::access_error);
}

TEST_CASE("numbers are equal if they mean the same") {
    CHECK(json::value(1) == json::value(1.0));
    CHECK(json::value(1U) == json::value(1));
    CHECK(json::value(0.0) == json::value(-0.0));
    CHECK(json::value(std::uint64_t(1) << 63) == json::value(0x1p63));
    CHECK_FALSE(json::value(9007199254740993) == json::value(9007199254740992.0));
    CHECK_FALSE(json::value(1) == json::value(true));
    CHECK_FALSE(json::value(1) == json::value("1"));
}

TEST_CASE("objects are equal whatever the order of their members, arrays are not") {
    CHECK(json::value(json::object{"a", 1, "b", 2}) == json::object{"b", 2, "a", 1});
    CHECK_FALSE(json::value(json::object{"a", 1}) == json::object{"a", 1, "b", 2});
    CHECK_FALSE(json::value(json::object{"a", 1}) == json::object{"b", 1});
    CHECK_FALSE(json::value(json::array{1, 2}) == json::array{2, 1});
}

TEST_CASE("a large object finds each of its members, also after erasing") {
    json::object o;
    for (int i = 0; i < 5000; ++i) o.set("key" + std::to_string(i * 7919 % 5000), i);
    CHECK(o.size() == 5000);
    CHECK(o.erase("key17"));
    int found = 0;
    for (int i = 0; i < 5000; ++i) {
        const json::value* v = o.find("key" + std::to_string(i * 7919 % 5000));
        found += v != nullptr && *v == i;
    }
    CHECK(found == 4999);
    CHECK(o.find("key17") == nullptr);
}

TEST_CASE("of members with the same name the last value counts, at the first place") {
    std::vector<json::member> members;
    for (int i = 0; i < 100; ++i) members.emplace_back("key" + std::to_string(i % 40), i);
    const json::object o = json::object::from(std::move(members));
    CHECK(o.size() == 40);
    CHECK(o.begin()->name == "key0");
    CHECK(o.at("key0") == 80);
    CHECK(o.at("key39") == 79);
}

TEST_CASE("values may be built in an expression that suspends") {
    auto g = documents("a text that is too long to be kept inside a string");
    const std::string text = "\"a text that is too long to be kept inside a string\"";
    CHECK(g.next() == "{\"text\":" + text + ",\"list\":[1," + text + ",null]}");
    CHECK(g.next() == "?");
    CHECK(g.send(5) == "{" + text + ":{\"n\":5},\"m\":" + text + "}");
}

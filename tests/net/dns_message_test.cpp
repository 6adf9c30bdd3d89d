// SPDX-License-Identifier: MIT
#include "nurt/net/detail/dns_message.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace std::string_literals;
using namespace std::string_view_literals;
using nurt::ip_address;
using nurt::detail::parse_dns_answer;
using nurt::detail::record_type;

namespace {

// The header of an answer, and the question about "a.test" at offset 12.
std::string message(int answers, std::string_view rest) {
    std::string result = "\0\1\x84\0\0\1\0\0\0\0\0\0"s;
    result[7] = static_cast<char>(answers);
    result += "\1a\4test\0\0\x0f\0\1"sv;
    return result.append(rest);
}

auto parse(record_type type, std::string_view bytes) {
    return parse_dns_answer(type,
                            {reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

// A record of "a.test" that lives for a minute.
std::string record(int code, std::string_view data, std::string_view ttl = "\0\0\0\x3c"sv) {
    std::string result = "\xc0\x0c"s + '\0' + static_cast<char>(code) + "\0\1"s;
    return result.append(ttl) + '\0' + static_cast<char>(data.size()) + std::string(data);
}

}  // namespace

TEST_CASE("mail exchangers are given in the order of preference") {
    const auto found = parse(record_type::mx, message(2, record(15, "\0\x14\1b\xc0\x0c"sv) +
                                                             record(15, "\0\x0a\1c\xc0\x0c"sv)));
    REQUIRE(found);
    REQUIRE(found->exchangers.size() == 2);
    CHECK(found->exchangers[0] == nurt::mail_exchanger{10, "c.a.test"});
    CHECK(found->exchangers[1] == nurt::mail_exchanger{20, "b.a.test"});
    CHECK(found->time_to_live == nurt::seconds(60));
}

TEST_CASE("the pieces of a text are put together") {
    const auto found = parse(record_type::txt, message(1, record(16, "\3one\4 two"sv)));
    REQUIRE(found);
    REQUIRE(found->texts.size() == 1);
    CHECK(found->texts[0] == "one two");
}

TEST_CASE("records of another type are left out, and the shortest time to live counts") {
    const auto alias = record(5, "\1b\xc0\x0c"sv, "\0\0\0\5"sv);
    const auto found = parse(record_type::ptr, message(2, alias + record(12, "\1b\xc0\x0c"sv)));
    REQUIRE(found);
    REQUIRE(found->texts.size() == 1);
    CHECK(found->texts[0] == "b.a.test");
    CHECK(found->time_to_live == nurt::seconds(5));
}

TEST_CASE("a time to live with its highest bit set is none") {
    const auto found = parse(record_type::ptr, message(1, record(12, "\1b\0"sv, "\x80\0\0\1"sv)));
    REQUIRE(found);
    CHECK(found->time_to_live == nurt::duration());
}

TEST_CASE("an answer without records is empty") {
    const auto found = parse(record_type::mx, message(0, ""));
    REQUIRE(found);
    CHECK(found->empty());
}

TEST_CASE("dots and control characters inside of a label are escaped") {
    const auto found = parse(record_type::ptr, message(1, record(12, "\4a.\n\\\0"sv)));
    REQUIRE(found);
    CHECK(found->texts[0] == "a\\.\\010\\\\");
}

TEST_CASE("a name that points to itself or forward is malformed") {
    CHECK_FALSE(parse(record_type::ptr, message(1, record(12, "\xc0\x24"sv))));
    CHECK_FALSE(parse(record_type::ptr, message(1, record(12, "\xc0\x25\0"sv))));
    CHECK_FALSE(parse(record_type::ptr, message(1, record(12, "\1b\xc0\x24"sv))));
}

TEST_CASE("a name of more than 255 bytes is malformed") {
    std::string longest;
    for (int i = 0; i < 3; ++i) {
        longest += '\x3f' + std::string(63, 'x');
    }
    std::string data = longest + '\x3d' + std::string(61, 'x') + '\0';
    CHECK(data.size() == 255);
    CHECK_FALSE(parse(record_type::ptr, message(1, record(12, '\1' + std::string("x") + data))));
}

TEST_CASE("data that is longer or shorter than its record says is malformed") {
    CHECK_FALSE(parse(record_type::txt, message(1, record(16, "\5one"sv))));
    CHECK_FALSE(parse(record_type::ptr, message(1, record(12, "\1b\0more"sv))));
    CHECK_FALSE(parse(record_type::mx, message(1, record(15, "\0"sv))));
}

TEST_CASE("a message that ends anywhere too early is malformed") {
    const std::string whole = message(1, record(15, "\0\x14\1b\xc0\x0c"sv));
    REQUIRE(parse(record_type::mx, whole));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        CAPTURE(n);
        CHECK_FALSE(parse(record_type::mx, std::string_view(whole).substr(0, n)));
    }
}

TEST_CASE("the names of an address are found under its reversed digits") {
    using nurt::detail::reverse_name;
    CHECK(reverse_name(ip_address::v4(192, 0, 2, 1)) == "1.2.0.192.in-addr.arpa");
    CHECK(reverse_name(*ip_address::parse("2001:db8::1")) ==
          "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}

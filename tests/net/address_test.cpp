// SPDX-License-Identifier: MIT
#include "nurt/net/address.hpp"

#include <doctest/doctest.h>

using nurt::ip_address;
using nurt::socket_address;

TEST_CASE("an IPv4 address prints as it was written") {
    CHECK(ip_address::parse("192.0.2.1")->to_string() == "192.0.2.1");
    CHECK(ip_address::parse("0.0.0.0")->is_unspecified());
    CHECK(ip_address::parse("127.9.9.9")->is_loopback());
}

TEST_CASE("what is not exactly four decimal numbers is no IPv4 address") {
    CHECK_FALSE(ip_address::parse(""));
    CHECK_FALSE(ip_address::parse("1.2.3"));
    CHECK_FALSE(ip_address::parse("1.2.3.4.5"));
    CHECK_FALSE(ip_address::parse("1.2.3.256"));
    CHECK_FALSE(ip_address::parse("1.2.3.04"));
    CHECK_FALSE(ip_address::parse("1.2.3.4 "));
    CHECK_FALSE(ip_address::parse("1.2.3.+4"));
    CHECK_FALSE(ip_address::parse("localhost"));
}

TEST_CASE("an IPv6 address is printed in its shortest form") {
    CHECK(ip_address::parse("2001:0DB8:0:0:0:0:0:1")->to_string() == "2001:db8::1");
    CHECK(ip_address::parse("::")->is_unspecified());
    CHECK(ip_address::parse("::1")->is_loopback());
    CHECK_FALSE(ip_address::parse("1::2::3"));
    CHECK_FALSE(ip_address::parse(":::"));
    CHECK_FALSE(ip_address::parse(std::string_view("::1\0x", 5)));
}

TEST_CASE("a link-local address keeps its interface") {
    const auto address = ip_address::parse("fe80::1%1");
    REQUIRE(address);
    CHECK(address->scope() == 1);
    CHECK(ip_address::parse(address->to_string()) == address);
    CHECK_FALSE(ip_address::parse("fe80::1%there-is-no-such-interface"));
}

TEST_CASE("an address with a port needs brackets around IPv6 only") {
    CHECK(socket_address::parse("192.0.2.1:80")->port() == 80);
    CHECK(socket_address::parse("[::1]:65535")->to_string() == "[::1]:65535");
    CHECK_FALSE(socket_address::parse("::1:80"));
    CHECK_FALSE(socket_address::parse("[192.0.2.1]:80"));
    CHECK_FALSE(socket_address::parse("[::1]80"));
    CHECK_FALSE(socket_address::parse("192.0.2.1:65536"));
    CHECK_FALSE(socket_address::parse("192.0.2.1:"));
    CHECK_FALSE(socket_address::parse("192.0.2.1"));
}

TEST_CASE("a socket address survives the way to the kernel's form and back") {
    for (const char* text : {"192.0.2.1:8080", "[2001:db8::1]:443", "[fe80::1%1]:1"}) {
        CAPTURE(text);
        const auto address = socket_address::parse(text);
        CHECK(socket_address::from(address->to_endpoint()) == address);
    }
    CHECK_FALSE(socket_address::from(nurt::io::endpoint{}));
}

TEST_CASE("IPv4 sorts before IPv6 and ports break ties") {
    CHECK(*ip_address::parse("255.0.0.1") < *ip_address::parse("::1"));
    CHECK(*socket_address::parse("1.1.1.1:1") < *socket_address::parse("1.1.1.1:2"));
}

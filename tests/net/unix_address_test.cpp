// SPDX-License-Identifier: MIT
#include "nurt/net/unix_address.hpp"

#include "nurt/base/error.hpp"
#include "nurt/net/address.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>

using nurt::unix_address;

TEST_CASE("a unix address survives the way through the kernel's form") {
    for (const char* name : {"/run/x.sock", "relative", "@abstract", "", "@", "./@file"}) {
        const unix_address a(name);
        CHECK(unix_address::from(a.to_endpoint()) == a);
        CHECK(a.to_string() == name);
    }
}

TEST_CASE("an abstract name begins with @ or NUL") {
    const unix_address a("@name");
    CHECK(a == unix_address(std::string_view("\0name", 5)));
    CHECK(a.is_abstract());
    CHECK_FALSE(a.is_path());
    CHECK(a.to_endpoint().size == 2 + 5);
    CHECK(unix_address("/x").is_path());
    CHECK(unix_address().is_unnamed());
}

TEST_CASE("the longest path is taken and a longer one says its length") {
    const std::string longest(107, 'p');
    CHECK(unix_address::from(unix_address(longest).to_endpoint())->to_string() == longest);
    try {
        unix_address too_long(longest + "p");
        FAIL("it was taken");
    } catch (const nurt::os_error& e) {
        CHECK(e.number() == ENAMETOOLONG);
        CHECK(std::string(e.what()).find("longer than 107 bytes") != std::string::npos);
    }
    CHECK_NOTHROW(unix_address("@" + longest));
}

TEST_CASE("a path with a NUL in it is refused") {
    CHECK_THROWS_AS(unix_address(std::string_view("/tmp/a\0b", 8)), const nurt::os_error&);
}

TEST_CASE("an endpoint of another family is no unix address") {
    CHECK_FALSE(unix_address::from(nurt::socket_address::parse("1.2.3.4:5")->to_endpoint()));
    CHECK_FALSE(unix_address::from(nurt::io::endpoint{}));
}

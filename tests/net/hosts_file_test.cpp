// SPDX-License-Identifier: MIT
#include "nurt/net/detail/hosts_file.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

#include <stdlib.h>
#include <unistd.h>

using nurt::ip_address;
using nurt::detail::names_in_hosts_file;

namespace {

struct temporary_file {
    explicit temporary_file(const char* text) {
        const int descriptor = ::mkstemp(path);
        REQUIRE(descriptor >= 0);
        ::close(descriptor);
        std::ofstream(path) << text;
    }
    ~temporary_file() { std::remove(path); }

    char path[32] = "/tmp/nurt-hosts-XXXXXX";
};

}  // namespace

TEST_CASE("all names on all lines of an address are its names") {
    const temporary_file file(
        "127.0.0.1 localhost\n"
        "192.0.2.7\tseven.test seven # 192.0.2.7 comment\n"
        "# 192.0.2.7 no\n"
        "\n"
        "no-address 192.0.2.7\n"
        "  192.0.2.7 again");
    const auto names = names_in_hosts_file(file.path, ip_address::v4(192, 0, 2, 7));
    CHECK(names == std::vector<std::string>{"seven.test", "seven", "again"});
}

TEST_CASE("an IPv6 address is found however it is written") {
    const temporary_file file("2001:0db8::0001 one.test\n");
    const auto names = names_in_hosts_file(file.path, *ip_address::parse("2001:db8::1"));
    CHECK(names == std::vector<std::string>{"one.test"});
}

TEST_CASE("without a hosts file an address has no names") {
    CHECK(names_in_hosts_file("/does/not/exist", ip_address::loopback_v4()).empty());
}

// SPDX-License-Identifier: MIT
#include "cli/get.hpp"

#include <doctest/doctest.h>

using nurt::cli::connections_within;
using nurt::cli::file_name_for;
using nurt::cli::get_options;
using nurt::cli::run_get;

TEST_CASE("a file is named by its number and the end of the path") {
    CHECK(file_name_for("http://a/b/c.txt", 1) == "0001-c.txt");
    CHECK(file_name_for("http://a/b/c.txt?x=/y#z", 12) == "0012-c.txt");
    CHECK(file_name_for("http://a", 3) == "0003-index");
    CHECK(file_name_for("http://a/", 12345) == "12345-index");
}

TEST_CASE("a file's name cannot leave its directory") {
    CHECK(file_name_for("http://a/..", 1) == "0001-..");
    CHECK(file_name_for("http://a/%2e%2e%2fx", 1) == "0001-_2e_2e_2fx");
    CHECK(file_name_for("http://a/b\\c\n", 1) == "0001-b_c_");
}

TEST_CASE("connections keep within the descriptors of the process") {
    CHECK(connections_within(100, 1024, 10) == 100);
    CHECK(connections_within(100, 64, 10) == 46);
    CHECK(connections_within(100, 5, 10) == 1);
}

TEST_CASE("options that make no sense are refused before anything is sent") {
    get_options none;
    CHECK(run_get(none) == 2);
    get_options two_to_one;
    two_to_one.urls = {"http://127.0.0.1:1/a", "http://127.0.0.1:1/b"};
    two_to_one.output = std::string("both.txt");
    CHECK(run_get(two_to_one) == 2);
    get_options bad_header;
    bad_header.urls = {"http://127.0.0.1:1/"};
    bad_header.headers = {"no colon"};
    bad_header.quiet = true;
    CHECK(run_get(bad_header) == 2);
    get_options nobody_to_trust;
    nobody_to_trust.urls = {"https://127.0.0.1:1/"};
    nobody_to_trust.ca_file = std::string("no such file");
    nobody_to_trust.quiet = true;
    CHECK(run_get(nobody_to_trust) == 2);
}

// SPDX-License-Identifier: MIT
// tests/base/error_test.cpp: what errors say, and what cancellation is not.
#include <doctest/doctest.h>

#include <cerrno>
#include <ios>
#include <ostream>
#include <string>
#include <type_traits>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"

TEST_CASE("an os_error names the attempt and the reason") {
    const nurt::os_error e(ECONNREFUSED, "connect 10.0.0.1:80");
    CHECK(std::string(e.what()) == "connect 10.0.0.1:80: Connection refused");
    CHECK(e.number() == ECONNREFUSED);
    CHECK(e.code() == std::errc::connection_refused);
}

TEST_CASE("an os_error takes codes of other categories") {
    const std::error_code code = std::make_error_code(std::io_errc::stream);
    const nurt::os_error e(code, "read");
    CHECK(e.code() == code);
    CHECK(std::string(e.what()).starts_with("read: "));
}

TEST_CASE("every error of the library is a nurt::error and a std::runtime_error") {
    CHECK(std::is_base_of_v<std::runtime_error, nurt::error>);
    CHECK(std::is_base_of_v<nurt::error, nurt::os_error>);
    CHECK(std::is_base_of_v<nurt::error, nurt::timeout_error>);
    CHECK(std::is_base_of_v<nurt::error, nurt::invalid_state_error>);
    CHECK(std::is_base_of_v<nurt::error, nurt::usage_error>);
    CHECK(std::string(nurt::timeout_error().what()) == "timed out");
}

TEST_CASE("cancellation and Ctrl-C are not std::exceptions") {
    CHECK_FALSE(std::is_base_of_v<std::exception, nurt::cancelled_error>);
    CHECK_FALSE(std::is_base_of_v<std::exception, nurt::keyboard_interrupt>);
    CHECK(std::string(nurt::cancelled_error().message()).empty());
    CHECK(std::string(nurt::cancelled_error("why").message()) == "why");
}

// SPDX-License-Identifier: MIT
// tests/harness/harness_test.cpp: the checks that the test programs make themselves.
//
// The skipped cases break a rule on purpose; CMakeLists.txt runs each and expects it to fail.
#include <doctest/doctest.h>

#include <nurt/base/frame_pool.hpp>

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/support.hpp"

TEST_CASE("open descriptors are counted") {
    const int before = nurt_test::open_descriptors();
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    CHECK(nurt_test::open_descriptors() == before + 1);
    close(fd);
    CHECK(nurt_test::open_descriptors() == before);
}

TEST_CASE("a seed stays the same in one process") {
    CHECK(nurt_test::seed() == nurt_test::seed());
}

TEST_CASE("a name may hold, [brackets]; \"quotes\", $signs and \\ backslashes") {
    CHECK_FALSE(nurt_test::build_dir().empty());
}

TEST_CASE("an excused test may keep a descriptor") {
    nurt_test::keeps_descriptors("this test is about keeping one");
    CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

TEST_CASE("broken: leaks a descriptor" * doctest::skip()) {
    CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
}

TEST_CASE("broken: leaks a frame" * doctest::skip()) {
    CHECK(nurt::frame_pool::allocate(64) != nullptr);
}

TEST_CASE("broken: fails and has asked for a seed" * doctest::skip()) {
    CHECK(nurt_test::seed() == nurt_test::seed() + 1);
}

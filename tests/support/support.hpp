// SPDX-License-Identifier: MIT
// tests/support/support.hpp: what every test program has.
//
// The main of the test programs (main.cpp) checks after each TEST_CASE that the process has as many open
// descriptors as before it. Here are the way out of that check, the seed for tests that draw random
// numbers, and the two places a test may read files from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nurt_test {

// Excuses the running TEST_CASE from the check for leaked descriptors. The reason is printed; good ones are
// descriptors that live as long as the process by design.
void keeps_descriptors(std::string_view reason);

// A seed for this run: NURT_TEST_SEED if it is set, else drawn once for each process. It is printed when a
// test that asked for it fails, so that the failure can be run again.
std::uint64_t seed();

// Number of open descriptors of this process.
int open_descriptors();

// The root of the repository, and of the build.
std::string source_dir();
std::string build_dir();

}  // namespace nurt_test

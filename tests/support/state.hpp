// SPDX-License-Identifier: MIT
// tests/support/state.hpp: what support.cpp tells main.cpp about the running TEST_CASE.
#pragma once

#include <string>

namespace nurt_test {

struct state {
    std::string excuse;      // why descriptors may stay open; empty: they may not
    bool seed_used = false;  // a test of this process has asked for the seed
    bool failed = false;     // a check outside doctest's own assertions has failed
};

state& the_state();

}  // namespace nurt_test

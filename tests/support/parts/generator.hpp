// SPDX-License-Identifier: MIT
// tests/support/parts/generator.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/generator.hpp"

namespace nurt_test::generator_parts {

using nurt::generator;

inline generator<int> count_to(int last) {
    for (int i = 1; i <= last; ++i) co_yield i;
}

struct mark {
    std::vector<std::string>& log;
    std::string text;
    ~mark() { log.push_back(text); }
};

}  // namespace nurt_test::generator_parts

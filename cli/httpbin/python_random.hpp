// SPDX-License-Identifier: MIT
// cli/httpbin/python_random.hpp: the numbers that Python's random module gives for a seed.
//
// So that /bytes/5?seed=1 gives the same bytes as httpbin does. Source: Matsumoto and Nishimura's
// MT19937 with init_by_array, and CPython's way to seed it with an integer.
#pragma once

#include <cstdint>
#include <vector>

namespace nurt::cli {

class python_random {
public:
    explicit python_random(std::uint64_t seed);

    // random.randint(0, 255)
    std::uint8_t byte();

private:
    static constexpr std::size_t size = 624;

    std::uint32_t next();
    void refill();

    std::uint32_t state_[size];
    std::size_t used_ = size;
};

}  // namespace nurt::cli

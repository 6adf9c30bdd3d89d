// SPDX-License-Identifier: MIT
// nurt/sim/splitmix.hpp: random numbers that a seed repeats.
//
// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#pragma once

#include <cstdint>

#include "nurt/loop/services.hpp"

namespace nurt::sim {

// Equal seeds give equal sequences, on every machine.
class splitmix final : public random_source {
public:
    explicit splitmix(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept override {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    // From 0 to bound - 1. bound is not 0.
    std::uint64_t below(std::uint64_t bound) noexcept { return next() % bound; }
    // True with this probability.
    bool chance(double probability) noexcept {
        return probability > 0 && static_cast<double>(next() >> 11) * 0x1p-53 < probability;
    }

private:
    std::uint64_t state_;
};

}  // namespace nurt::sim

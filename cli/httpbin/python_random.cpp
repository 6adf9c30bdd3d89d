// SPDX-License-Identifier: MIT
// cli/httpbin/python_random.cpp: see the header.
#include "cli/httpbin/python_random.hpp"

#include <algorithm>

namespace nurt::cli {

python_random::python_random(std::uint64_t seed) {
    std::vector<std::uint32_t> key{static_cast<std::uint32_t>(seed)};
    if (seed >> 32 != 0) key.push_back(static_cast<std::uint32_t>(seed >> 32));
    const auto mixed = [this](std::size_t i) { return state_[i - 1] ^ (state_[i - 1] >> 30); };
    state_[0] = 19650218;
    for (std::size_t i = 1; i < size; ++i) {
        state_[i] = 1812433253 * mixed(i) + static_cast<std::uint32_t>(i);
    }
    std::size_t i = 1;
    const auto step = [&] {
        if (++i < size) return;
        state_[0] = state_[size - 1];
        i = 1;
    };
    for (std::size_t k = 0; k < std::max(size, key.size()); ++k) {
        const std::size_t j = k % key.size();
        state_[i] = (state_[i] ^ (mixed(i) * 1664525)) + key[j] + static_cast<std::uint32_t>(j);
        step();
    }
    for (std::size_t k = 0; k < size - 1; ++k) {
        state_[i] = (state_[i] ^ (mixed(i) * 1566083941)) - static_cast<std::uint32_t>(i);
        step();
    }
    state_[0] = 0x80000000;
}

void python_random::refill() {
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint32_t y = (state_[i] & 0x80000000) | (state_[(i + 1) % size] & 0x7fffffff);
        state_[i] = state_[(i + 397) % size] ^ (y >> 1) ^ ((y & 1) != 0 ? 0x9908b0df : 0);
    }
    used_ = 0;
}

std::uint32_t python_random::next() {
    if (used_ == size) refill();
    std::uint32_t y = state_[used_++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >> 18);
}

// Nine bits, since 256 has nine, and again while they are too large.
std::uint8_t python_random::byte() {
    for (;;) {
        const std::uint32_t number = next() >> 23;
        if (number < 256) return static_cast<std::uint8_t>(number);
    }
}

}  // namespace nurt::cli

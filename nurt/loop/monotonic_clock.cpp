// SPDX-License-Identifier: MIT
#include "nurt/loop/monotonic_clock.hpp"

#include <chrono>

namespace nurt {

namespace {

class monotonic_clock final : public clock {
public:
    instant now() noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace

std::unique_ptr<clock> make_monotonic_clock() {
    return std::make_unique<monotonic_clock>();
}

}  // namespace nurt

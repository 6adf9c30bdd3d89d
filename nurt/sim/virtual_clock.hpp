// SPDX-License-Identifier: MIT
// nurt/sim/virtual_clock.hpp: time that only moves when everybody waits.
#pragma once

#include "nurt/loop/services.hpp"

namespace nurt::sim {

// Stands still while the program runs; the simulated backend moves it on to the next event.
class virtual_clock final : public clock {
public:
    instant now() noexcept override { return now_; }
    bool simulated() const noexcept override { return true; }
    void advance_to(instant when) noexcept {
        if (when > now_) {
            now_ = when;
        }
    }

private:
    // Not zero, so that "at once" and "before the start" can be told from the first moment.
    instant now_ = instant::from(1'000'000'000);
};

}  // namespace nurt::sim

// SPDX-License-Identifier: MIT
// refuses: deleted
#include <utility>

#include "nurt/core/sleep.hpp"

void move() {
    auto waiting = nurt::sleep(nurt::seconds(1));
    auto moved = std::move(waiting);
    static_cast<void>(moved);
}

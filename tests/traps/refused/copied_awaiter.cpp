// SPDX-License-Identifier: MIT
// refuses: deleted
#include "nurt/core/sleep.hpp"

void copy() {
    auto waiting = nurt::sleep(nurt::seconds(1));
    auto copied = waiting;
    static_cast<void>(copied);
}

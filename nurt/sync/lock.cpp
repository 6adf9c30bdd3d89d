// SPDX-License-Identifier: MIT
#include "nurt/sync/lock.hpp"

#include "nurt/base/error.hpp"

namespace nurt {

void lock::release() {
    if (!locked_) {
        throw usage_error("lock is not acquired");
    }
    hand_on();
}

}  // namespace nurt

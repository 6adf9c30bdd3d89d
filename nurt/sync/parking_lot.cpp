// SPDX-License-Identifier: MIT
#include "nurt/sync/parking_lot.hpp"

namespace nurt {

cancel_answer parked::cancel() noexcept {
    unlink();
    --lot_.count_;
    return cancel_answer::done;
}

}  // namespace nurt

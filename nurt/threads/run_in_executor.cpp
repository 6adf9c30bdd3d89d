// SPDX-License-Identifier: MIT
#include "nurt/threads/run_in_executor.hpp"

#include "nurt/base/error.hpp"

namespace nurt {

void set_default_executor(event_loop& loop, std::unique_ptr<executor> where) {
    if (loop.outside_work() != 0) {
        throw usage_error("the executor still has work of this event loop");
    }
    loop.parts().executor = std::move(where);
}

}  // namespace nurt

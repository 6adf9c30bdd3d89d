// SPDX-License-Identifier: MIT
#include "nurt/core/coro.hpp"

#include "nurt/core/detail/future_base.hpp"

namespace nurt::detail {

void throw_awaited_twice() {
    throw_usage("cannot reuse an already awaited coroutine");
}

}  // namespace nurt::detail

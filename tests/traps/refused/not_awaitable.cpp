// SPDX-License-Identifier: MIT
// refuses: this cannot be awaited
#include "nurt/core/coro.hpp"

nurt::coro<int> work();

nurt::coro<int> forgot_to_call() {
    co_return co_await work;
}

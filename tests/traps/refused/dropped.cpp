// SPDX-License-Identifier: MIT
// refuses: a coroutine does nothing until it is awaited
#include "nurt/core/coro.hpp"

nurt::coro<> work();

nurt::coro<> forgot_to_await() {
    work();
    co_return;
}

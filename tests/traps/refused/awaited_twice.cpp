// SPDX-License-Identifier: MIT
// refuses: a coroutine is awaited once
#include "nurt/core/coro.hpp"

nurt::coro<int> work();

nurt::coro<int> twice() {
    auto w = work();
    co_return co_await w;
}

// SPDX-License-Identifier: MIT
// refuses: deleted
#include "nurt/core/coro.hpp"

nurt::coro<> yields() {
    co_yield 1;
}

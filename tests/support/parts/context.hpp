// SPDX-License-Identifier: MIT
// tests/support/parts/context.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/loop/context.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::context_parts {

using nurt::context_var;
using nurt::coro;

inline const context_var<int> number("number", 0);
const context_var<std::string> word("word");

inline coro<> yield() {
    co_await nurt::sleep(nurt::duration::zero());
}

inline coro<int> set_and_read(int value) {
    number.set(value);
    co_await yield();
    co_return number.get();
}

}  // namespace nurt_test::context_parts

// SPDX-License-Identifier: MIT
// tests/support/parts/eager.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/exception_group.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/stack.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::eager_parts {

using nurt::coro;

inline coro<int> immediate(int value) {
    co_return value;
}

inline coro<int> after_a_yield(int value) {
    co_await nurt::sleep(nurt::duration::zero());
    co_return value;
}

inline void be_eager() {
    nurt::event_loop::running().set_task_factory(nurt::eager_task_factory);
}

inline const nurt::context_var<int> level("level", 0);

}  // namespace nurt_test::eager_parts

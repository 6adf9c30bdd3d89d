// SPDX-License-Identifier: MIT
// tests/sync/steps.hpp: what the tests of this folder have in common.
#pragma once

#include <string>

#include "nurt/base/error.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

namespace nurt_test {

// Lets everybody go on, n turns long.
inline nurt::coro<> yields(int n = 1) {
    for (int i = 0; i < n; ++i) co_await nurt::sleep(nurt::duration::zero());
}

// How a task ended: the error's text, or "none".
template <class T>
nurt::coro<std::string> end_of(nurt::task<T> t) {
    const nurt::result<T> end = co_await nurt::as_result(std::move(t));
    co_return text_of(end.error());
}

}  // namespace nurt_test

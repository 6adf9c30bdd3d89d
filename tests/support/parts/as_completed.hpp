// SPDX-License-Identifier: MIT
// tests/support/parts/as_completed.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/as_completed.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::as_completed_parts {

using nurt::completions;
using nurt::coro;
using nurt::seconds;
using nurt::sleep;
using nurt::task;

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

inline std::vector<coro<int>> three() {
    std::vector<coro<int>> all;
    all.push_back(after(3, 3));
    all.push_back(after(1, 1));
    all.push_back(after(2, 2));
    return all;
}

inline coro<int> result_of_next(completions<task<int>> all) {
    const auto done = co_await all.next();
    co_return done ? done->result() : -1;
}

}  // namespace nurt_test::as_completed_parts

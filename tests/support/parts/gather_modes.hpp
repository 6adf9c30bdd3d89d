// SPDX-License-Identifier: MIT
// tests/support/parts/gather_modes.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::gather_modes_parts {

using nurt::cancelled_error;
using nurt::coro;
using nurt::seconds;
using nurt::sleep;

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

inline coro<> fails_after(double s, const char* why) {
    co_await sleep(seconds(s));
    throw std::runtime_error(why);
}

inline coro<> slow_to_stop(bool& stopped) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
    }
    co_await sleep(seconds(1));
    stopped = true;
}

}  // namespace nurt_test::gather_modes_parts

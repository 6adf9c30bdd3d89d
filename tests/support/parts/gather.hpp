// SPDX-License-Identifier: MIT
// tests/support/parts/gather.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::gather_parts {

using nurt::coro;
using nurt::seconds;
using nurt::sleep;

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

inline coro<int> fail_after(double s, const char* why) {
    co_await sleep(seconds(s));
    throw std::runtime_error(why);
}

}  // namespace nurt_test::gather_parts

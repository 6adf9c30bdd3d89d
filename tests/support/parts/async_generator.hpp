// SPDX-License-Identifier: MIT
// tests/support/parts/async_generator.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::async_generator_parts {

using nurt::async_generator;
using nurt::coro;
using nurt::seconds;
using nurt::sleep;

inline async_generator<int> ticks(int count) {
    for (int i = 1; i <= count; ++i) {
        co_await sleep(seconds(1));
        co_yield i;
    }
}

inline async_generator<int> numbers(int count) {
    for (int i = 1; i <= count; ++i) co_yield i;
}

template <class G>
coro<std::vector<int>> all_of(G source) {
    std::vector<int> all;
    while (auto value = co_await source.next()) all.push_back(*value);
    co_return all;
}

inline coro<int> next_of(async_generator<int>& source) {
    const auto value = co_await source.next();
    co_return value.value_or(-1);
}

}  // namespace nurt_test::async_generator_parts

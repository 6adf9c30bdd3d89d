// SPDX-License-Identifier: MIT
// tests/support/parts/async_generator_end.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::async_generator_end_parts {

using nurt::async_generator;
using nurt::seconds;
using nurt::sleep;

struct mark {
    explicit mark(bool& f) : flag(f) {}
    mark(const mark&) = delete;
    mark& operator=(const mark&) = delete;
    ~mark() { flag = true; }
    bool& flag;
};

inline async_generator<int> with_local(bool& destroyed) {
    const mark m(destroyed);
    for (int i = 1;; ++i) {
        co_yield i;
        co_await sleep(seconds(1));
    }
}

}  // namespace nurt_test::async_generator_end_parts

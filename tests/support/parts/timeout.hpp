// SPDX-License-Identifier: MIT
// tests/support/parts/timeout.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::timeout_parts {

using nurt::cancelled_error;
using nurt::coro;
using nurt::duration;
using nurt::seconds;
using nurt::sleep;
using nurt::timeout_error;

inline coro<> yield() {
    co_await sleep(duration::zero());
}

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

// "value", "timeout", "cancelled" or the text of the error.
template <class A>
coro<std::string> end_of(A&& awaitable) {
    try {
        co_await awaitable;
    } catch (const timeout_error&) {
        co_return "timeout";
    } catch (const cancelled_error&) {
        co_return "cancelled";
    } catch (const std::exception& e) {
        co_return e.what();
    }
    co_return "value";
}

}  // namespace nurt_test::timeout_parts

// SPDX-License-Identifier: MIT
// tests/support/parts/cancel.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::cancel_parts {

using nurt::cancelled_error;
using nurt::coro;
using nurt::duration;
using nurt::seconds;
using nurt::sleep;
using nurt::task;

inline coro<> yield() {
    co_await sleep(duration::zero());
}

inline coro<int> sleeper() {
    co_await sleep(seconds(1000));
    co_return 1;
}

// How awaiting t ends: "value", "cancelled", "cancelled: message" or the error's text.
template <class T>
coro<std::string> end_of(task<T> t) {
    try {
        co_await t;
    } catch (const cancelled_error& e) {
        const std::string message = e.message();
        co_return message.empty() ? "cancelled" : "cancelled: " + message;
    } catch (const std::exception& e) {
        co_return e.what();
    }
    co_return "value";
}

}  // namespace nurt_test::cancel_parts

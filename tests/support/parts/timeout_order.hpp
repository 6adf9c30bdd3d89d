// SPDX-License-Identifier: MIT
// tests/support/parts/timeout_order.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::timeout_order_parts {

using nurt::cancelled_error;
using nurt::coro;
using nurt::error;
using nurt::event_loop;
using nurt::future;
using nurt::instant;
using nurt::seconds;
using nurt::sleep;

// Sets the future then, unless it has been cancelled.
inline void set_at(instant when, future<int> f) {
    event_loop::running().call_at(when, [f]() mutable {
        if (!f.done()) f.set_result(8);
    });
}

// Ends in an error of its own when it is cancelled.
template <class E>
coro<> fails_when_stopped(E error) {
    try {
        co_await sleep(seconds(10));
    } catch (const cancelled_error&) {
        throw E(error);
    }
}

class own_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace nurt_test::timeout_order_parts

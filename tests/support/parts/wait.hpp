// SPDX-License-Identifier: MIT
// tests/support/parts/wait.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <stdexcept>
#include <type_traits>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::wait_parts {

using nurt::as_result;
using nurt::coro;
using nurt::create_task;
using nurt::seconds;
using nurt::sleep;
using nurt::task;
using nurt::wait;

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

inline coro<int> fails_after(double s) {
    co_await sleep(seconds(s));
    throw std::runtime_error("no");
}

inline std::vector<task<int>> three() {
    std::vector<task<int>> tasks;
    tasks.push_back(create_task(after(3, 3)));
    tasks.push_back(create_task(after(1, 1)));
    tasks.push_back(create_task(after(2, 2)));
    return tasks;
}

inline coro<> ends(std::vector<task<int>> tasks) {
    for (const task<int>& t : tasks) {
        t.cancel();
        static_cast<void>(co_await as_result(t));
    }
}

template <class V>
concept can_wait_for = requires(V v) { wait(std::move(v)); };

}  // namespace nurt_test::wait_parts

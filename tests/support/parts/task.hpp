// SPDX-License-Identifier: MIT
// tests/support/parts/task.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::task_parts {

using nurt::coro;
using nurt::duration;

inline coro<> yield() {
    co_await nurt::sleep(duration::zero());
}

inline coro<int> number(int n) {
    co_return n;
}

inline coro<> append(std::string& log, char c, int turns) {
    for (int i = 0; i < turns; ++i) co_await yield();
    log += c;
}

struct counted {
    explicit counted(int& alive) : alive_(&alive) { ++*alive_; }
    counted(const counted& other) : alive_(other.alive_) { ++*alive_; }
    counted(counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
    counted& operator=(counted&&) = delete;
    ~counted() { --*alive_; }
    int* alive_;
};

}  // namespace nurt_test::task_parts

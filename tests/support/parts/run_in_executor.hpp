// SPDX-License-Identifier: MIT
// tests/support/parts/run_in_executor.hpp: what the tests of this name in tests/parity and tests/threads share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/threads/run_in_executor.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::run_in_executor_parts {

// Keeps jobs until the test lets them run: each is, for a while, work that has begun.
class slow_executor final : public nurt::executor {
public:
    void post(job& work) override { begun.push_back(&work); }
    void finish_all() {
        for (job* work : std::exchange(begun, {})) work->execute();
    }
    std::vector<job*> begun;
};

}  // namespace nurt_test::run_in_executor_parts

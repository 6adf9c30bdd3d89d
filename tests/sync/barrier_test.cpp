// SPDX-License-Identifier: MIT
// tests/sync/barrier_test.cpp: barrier. Retold from CPython's test_locks, BarrierTests.
#include "nurt/sync/barrier.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "nurt/sync/errors.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::in_task;
using phase = barrier::state_t;

TEST_CASE("a barrier has one party at least") {
    CHECK_THROWS_AS(barrier(0), usage_error);
    in_task([]() -> coro<> {
        barrier b(1);
        CHECK(co_await b.wait() == 0);
        CHECK(co_await b.wait() == 0);
        CHECK(b.statistics().state == phase::filling);
    });
}

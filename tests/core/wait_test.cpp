// SPDX-License-Identifier: MIT
// tests/core/wait_test.cpp: until some of several tasks have ended.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks.
#include <doctest/doctest.h>

#include <stdexcept>
#include <type_traits>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "tests/support/parts/wait.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;

using namespace nurt_test::wait_parts;

TEST_CASE("wait gives all when all have ended, in the order in which they were given") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const std::vector<task<int>> tasks = three();
        const auto all = co_await wait(tasks);
        CHECK(watch.seconds() == 3);
        CHECK(all.done == tasks);
        CHECK(all.pending.empty());
    });
}

TEST_CASE("wait throws no error of a member") {
    in_task([]() -> coro<> {
        const std::vector<task<int>> tasks{create_task(fails_after(1))};
        const auto all = co_await wait(tasks);
        REQUIRE(all.done.size() == 1);
        CHECK(nurt_test::text_of(all.done[0].exception()) == "no");
    });
}

TEST_CASE("first_completed returns at the first end") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const auto now = co_await wait(three(), {.return_when = return_when::first_completed});
        CHECK(watch.seconds() == 1);
        CHECK(now.done.size() == 1);
        CHECK(now.pending.size() == 2);
        co_await ends(now.pending);
    });
}

TEST_CASE("wait without any time lets the loop look once") {
    in_task([]() -> coro<> {
        const std::vector<task<int>> tasks = three();
        const auto now = co_await wait(tasks, {.timeout = duration::zero()});
        CHECK(now.pending.size() == 3);
        co_await ends(now.pending);
    });
}

// SPDX-License-Identifier: MIT
// tests/core/eager_test.cpp: tasks whose first step is taken inside of create_task.
//
// The CPython tests that are retold are in Lib/test/test_asyncio/test_eager_task_factory.py.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/exception_group.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/stack.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/eager.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::create_task;
using nurt_test::in_task;

using namespace nurt_test::eager_parts;

TEST_CASE("a task is not eager unless it, or its loop's factory, says so") {
    in_task([]() -> coro<> {
        auto plain = create_task(immediate(1));
        CHECK(!plain.done());
        be_eager();
        auto by_factory = create_task(immediate(2));
        auto refused = create_task(immediate(3), {.eager_start = false});
        CHECK(by_factory.done());
        CHECK(!refused.done());
        co_await plain;
        co_await refused;
    });
}

TEST_CASE("an eager task made inside of a timeout does not arm or take its timer") {
    in_task([]() -> coro<> {
        const nurt_test::stopwatch watch;
        bool late = false;
        try {
            co_await nurt::timeout(nurt::seconds(1), []() -> coro<> {
                auto t = create_task(after_a_yield(1), {.eager_start = true});
                co_await t;
                co_await nurt::sleep(nurt::seconds(5));
            });
        } catch (const nurt::timeout_error&) {
            late = true;
        }
        CHECK(late);
        CHECK(watch.seconds() == 1.0);
    });
}

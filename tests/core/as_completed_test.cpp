// SPDX-License-Identifier: MIT
// tests/core/as_completed_test.cpp: results in the order in which they arrive.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/as_completed.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/parts/as_completed.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

using namespace nurt_test::as_completed_parts;

TEST_CASE("as_completed of nothing ends at once") {
    in_task([]() -> coro<> {
        auto all = as_completed(std::vector<coro<int>>());
        auto none = co_await all.next();
        CHECK(!none);
        CHECK(all.begin() == all.end());
    });
}

TEST_CASE("several may wait for the next at once, and those who get nothing are told") {
    in_task([]() -> coro<> {
        auto all = as_completed(three());
        std::vector<task<int>> waiting;
        for (int i = 0; i < 5; ++i) waiting.push_back(create_task(result_of_next(all)));
        std::vector<int> got;
        for (const task<int>& t : waiting) got.push_back(co_await t);
        CHECK(got == std::vector<int>{1, 2, 3, -1, -1});
    });
}

TEST_CASE("a cancelled next takes nothing away") {
    in_task([]() -> coro<> {
        auto all = as_completed(three());
        const task<int> waiting = create_task(result_of_next(all));
        co_await sleep(seconds(0.5));
        waiting.cancel();
        const bool cancelled = (co_await as_result(waiting)).cancelled();
        CHECK(cancelled);
        CHECK(co_await result_of_next(all) == 1);
        CHECK(co_await result_of_next(all) == 2);
        CHECK(co_await result_of_next(all) == 3);
    });
}

TEST_CASE("an abandoned as_completed leaves its tasks alone") {
    in_task([]() -> coro<> {
        const std::vector<task<int>> tasks{create_task(after(2, 2)), create_task(after(1, 1))};
        {
            auto all = as_completed(tasks, seconds(1.5));
            CHECK(co_await result_of_next(all) == 1);
        }
        CHECK(co_await tasks[0] == 2);
    });
}

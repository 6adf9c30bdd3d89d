// SPDX-License-Identifier: MIT
// tests/parity/as_completed_test.cpp: results in the order in which they arrive.
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
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::as_completed_parts;

namespace {

coro<std::unique_ptr<int>> box(double s, int n) {
    co_await sleep(seconds(s));
    co_return std::make_unique<int>(n);
}

}  // namespace

TEST_CASE("S78: results come in the order in which they arrive") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto all = as_completed(three());
        int expected = 0;
        while (auto done = co_await all.next()) {
            CHECK(done->result() == ++expected);
            CHECK(watch.seconds() == expected);
        }
        CHECK(expected == 3);
    });
}

// test_as_completed_same_tasks_in_as_out
TEST_CASE("S78: next gives the tasks that were put in") {
    in_task([]() -> coro<> {
        const std::vector<task<int>> in{create_task(after(2, 2)), create_task(after(1, 1))};
        auto all = as_completed(in);
        auto first = co_await all.next();
        auto second = co_await all.next();
        CHECK(first == in[1]);
        CHECK(second == in[0]);
    });
}

TEST_CASE("S78: a for loop gives a coroutine for each, which moves the value out") {
    in_task([]() -> coro<> {
        std::vector<coro<std::unique_ptr<int>>> work;
        work.push_back(box(2, 2));
        work.push_back(box(1, 1));
        int expected = 0;
        for (auto next : as_completed(std::move(work))) {
            const std::unique_ptr<int> value = co_await std::move(next);
            CHECK(*value == ++expected);
        }
        CHECK(expected == 2);
    });
}

// test_as_completed_with_timeout
TEST_CASE("S79: when time is up, each that is outstanding is a timeout_error, and goes on") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        std::vector<task<int>> tasks;
        for (coro<int>& c : three()) tasks.push_back(create_task(std::move(c)));
        auto all = as_completed(tasks, seconds(1.5));
        CHECK(co_await result_of_next(all) == 1);
        for (int late = 0; late < 2; ++late) {
            const auto end = co_await as_result(result_of_next(all));
            CHECK(text_of(end.error()) == "timed out");
            CHECK(watch.seconds() == 1.5);
        }
        CHECK(co_await result_of_next(all) == -1);
        CHECK(co_await tasks[0] == 3);
    });
}

// test_as_completed_resume_iterator
TEST_CASE("S79: it may be left and taken up again") {
    in_task([]() -> coro<> {
        auto all = as_completed(three());
        for (auto next : all) {
            CHECK(co_await std::move(next) == 1);
            break;
        }
        co_await sleep(seconds(10));
        CHECK(co_await result_of_next(all) == 2);
        CHECK(co_await result_of_next(all) == 3);
        CHECK(co_await result_of_next(all) == -1);
    });
}

// test_as_completed_reverse_wait
TEST_CASE("S80: whichever coroutine is awaited first gets what ends first") {
    in_task([]() -> coro<> {
        std::vector<coro<int>> results;
        for (auto next : as_completed(three())) results.push_back(std::move(next));
        REQUIRE(results.size() == 3);
        CHECK(co_await std::move(results[2]) == 1);
        CHECK(co_await std::move(results[0]) == 2);
        CHECK(co_await std::move(results[1]) == 3);
    });
}

// SPDX-License-Identifier: MIT
// tests/parity/wait_test.cpp: until some of several tasks have ended.
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
using nurt_test::loop_probe;
using nurt_test::stopwatch;

using namespace nurt_test::wait_parts;

namespace {

coro<int> immediate() {
    co_return 1;
}

}  // namespace

TEST_CASE("S31: wait for a new immediate task: 3 turns; for a done one: 2") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        const std::vector<task<int>> tasks{create_task(immediate())};
        co_await wait(tasks);
        CHECK(probe.turns() == 3);
        co_await wait(tasks);
        CHECK(probe.turns() == 5);
    });
}

// test_wait_errors
TEST_CASE("S74: waiting for nothing is an error, and for coroutines does not compile") {
    in_task([]() -> coro<> {
        CHECK_THROWS_AS(static_cast<void>(wait(std::vector<task<int>>())), usage_error);
        co_return;
    });
    static_assert(can_wait_for<std::vector<task<int>>>);
    static_assert(!can_wait_for<std::vector<coro<int>>>);
}

// test_wait_with_timeout
TEST_CASE("S75: the end of wait's time is no error and cancels nobody") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const std::vector<task<int>> tasks = three();
        const auto now = co_await wait(tasks, {.timeout = seconds(1.5)});
        CHECK(watch.seconds() == 1.5);
        REQUIRE(now.done.size() == 1);
        CHECK(now.done[0].result() == 1);
        CHECK(now.pending.size() == 2);
        const auto then = co_await wait(now.pending);
        CHECK(then.done[0].result() == 3);
        CHECK(watch.seconds() == 3);
    });
}

// test_yield_wait_does_not_shield_cancel
TEST_CASE("S75: when the awaiter of wait is cancelled, the members go on") {
    in_task([]() -> coro<> {
        const std::vector<task<int>> tasks = three();
        auto waiting = [](std::vector<task<int>> all) -> coro<> { co_await wait(std::move(all)); };
        const task<> waiter = create_task(waiting, tasks);
        co_await sleep(seconds(0.5));
        waiter.cancel();
        const loop_probe probe;
        const bool cancelled = (co_await as_result(waiter)).cancelled();
        CHECK(cancelled);
        CHECK(probe.turns() == 2);
        CHECK(co_await tasks[0] == 3);
    });
}

// test_wait_first_exception
TEST_CASE("S76: first_exception returns at the first error") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        std::vector<task<int>> tasks = three();
        tasks.push_back(create_task(fails_after(1.5)));
        const auto now = co_await wait(tasks, {.return_when = return_when::first_exception});
        CHECK(watch.seconds() == 1.5);
        CHECK(now.done.size() == 2);
        CHECK(now.done[1].exception() != nullptr);
        co_await ends(now.pending);
    });
}

TEST_CASE("S76: for first_exception a cancellation is none, and without one it waits for all") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const std::vector<task<int>> tasks = three();
        tasks[1].cancel();
        const auto all = co_await wait(tasks, {.return_when = return_when::first_exception});
        CHECK(watch.seconds() == 3);
        CHECK(all.done.size() == 3);
    });
}

// test_wait_really_done
TEST_CASE("S77: what has ended before the wake-up is in done") {
    in_task([]() -> coro<> {
        std::vector<future<int>> mine{future<int>(), future<int>()};
        auto settle = [](std::vector<future<int>> fs) -> coro<> {
            fs[0].set_result(1);
            co_await sleep(duration::zero());
            fs[1].set_result(2);
        };
        const task<> setter = create_task(settle, mine);
        const auto now = co_await wait(mine, {.return_when = return_when::first_completed});
        CHECK(now.done.size() == 2);
        co_await setter;
    });
}

// SPDX-License-Identifier: MIT
// tests/core/operation_test.cpp: what takes coroutines takes operations too, in one expression.
#include <doctest/doctest.h>

#include <string>
#include <variant>

#include "nurt/core/move_on_after.hpp"
#include "nurt/core/race.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;

TEST_CASE("wait_for limits an operation, which takes nothing when it is late") {
    in_task([]() -> coro<> {
        queue<int> q;
        const stopwatch watch;
        bool late = false;
        try {
            co_await wait_for(q.get(), seconds(2));
        } catch (const timeout_error&) {
            late = true;
        }
        CHECK(late);
        CHECK(watch.seconds() == 2.0);
        q.put_nowait(5);
        const int item = co_await wait_for(q.get(), seconds(2));
        CHECK(item == 5);
    });
}

TEST_CASE("wait_for without any time does not begin the operation") {
    in_task([]() -> coro<> {
        queue<int> q;
        q.put_nowait(1);
        const auto end = co_await as_result(wait_for(q.get(), duration::zero()));
        CHECK(!end);
        CHECK(q.qsize() == 1);
    });
}

TEST_CASE("as_result gives what an operation gives, or its error") {
    in_task([]() -> coro<> {
        queue<std::string> q;
        co_await q.put("first");
        auto got = co_await as_result(q.get());
        CHECK(got.value() == "first");
        q.shutdown();
        const auto refused = co_await as_result(q.get());
        CHECK(!refused);
    });
}

TEST_CASE("a guard that comes out of wait_for holds the lock") {
    in_task([]() -> coro<> {
        lock l;
        {
            const auto guard = co_await wait_for(l.acquire(), seconds(1));
            CHECK(l.locked());
        }
        CHECK(!l.locked());
    });
}

TEST_CASE("operations race each other, and the loser takes nothing") {
    in_task([]() -> coro<> {
        queue<int> q;
        event stop;
        auto sets = [&]() -> coro<> {
            co_await sleep(seconds(1));
            stop.set();
            co_await sleep(seconds(1));
            q.put_nowait(3);
        };
        const task<> t = create_task(sets);
        const auto first = co_await race(q.get(), stop.wait());
        CHECK(first.index == 1);
        co_await t;
        CHECK(q.qsize() == 1);
        const auto second = co_await race(q.get(), sleep(seconds(1)));
        CHECK(std::get<int>(second.value) == 3);
    });
}

TEST_CASE("timeout and move_on_after take a coroutine as their body") {
    in_task([]() -> coro<> {
        auto naps = []() -> coro<int> {
            co_await sleep(seconds(1));
            co_return 4;
        };
        const int in_time = co_await timeout(seconds(2), naps());
        CHECK(in_time == 4);
        const auto late = co_await move_on_after(milliseconds(1), naps());
        CHECK(!late);
    });
}

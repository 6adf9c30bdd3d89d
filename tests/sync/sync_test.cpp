// SPDX-License-Identifier: MIT
// tests/sync/sync_test.cpp: event, lock and semaphore.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_locks.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

TEST_CASE("a guard can be moved, and detached for somebody else to release") {
    in_task([]() -> coro<> {
        lock l;
        {
            auto guard = co_await l.acquire();
            auto moved = std::move(guard);
            moved.detach();
        }
        CHECK(l.locked());
        l.release();
        CHECK_FALSE(l.locked());
        auto a = co_await l.acquire();
        CHECK(l.locked());
    });
}

TEST_CASE("a lock that is waited for too long leaves no waiter behind") {
    in_task([]() -> coro<> {
        lock l;
        const auto guard = co_await l.acquire();
        const result<> end = co_await as_result([](lock& mine) -> coro<> {
            co_await timeout(seconds(1),
                             [&]() -> coro<> { const auto second = co_await mine.acquire(); });
        }(l));
        CHECK(nurt_test::text_of(end.error()) == "timed out");
        CHECK(l.statistics().tasks_waiting == 0);
    });
}

TEST_CASE("an event that is set lets everybody pass") {
    in_task([]() -> coro<> {
        event e;
        e.set();
        e.set();
        co_await e.wait();
        co_await e.wait();
        CHECK(e.is_set());
    });
}

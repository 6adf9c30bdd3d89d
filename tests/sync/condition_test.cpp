// SPDX-License-Identifier: MIT
// tests/sync/condition_test.cpp: condition. Retold from CPython's test_locks, ConditionTests.
#include "nurt/sync/condition.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "nurt/core/timeout.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::yields;

namespace {

coro<> wait_once(condition& c, std::string& log, char name) {
    const auto guard = co_await c.acquire();
    co_await c.wait();
    log += name;
}

coro<> notify(condition& c, std::size_t n) {
    const auto guard = co_await c.acquire();
    c.notify(n);
}

}  // namespace

// test_wait, test_notify, test_notify_all
TEST_CASE("notify wakes as many as it says, the longest waiting first, and notify_all the rest") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        std::vector<task<>> all;
        for (const char name : {'a', 'b', 'c', 'd'}) {
            all.push_back(create_task(wait_once, std::ref(c), std::ref(log), name));
        }
        co_await yields(2);
        CHECK(c.statistics().tasks_waiting == 4);
        CHECK_FALSE(c.locked());
        co_await notify(c, 1);
        co_await yields(2);
        CHECK(log == "a");
        co_await notify(c, 2);
        co_await yields(3);
        CHECK(log == "abc");
        auto guard = co_await c.acquire();
        c.notify_all();
        guard.release();
        co_await all[3];
        CHECK_FALSE(c.locked());
    });
    CHECK(log == "abcd");
}

TEST_CASE("who is notified goes on only when it has the lock") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        const task<> a = create_task(wait_once, std::ref(c), std::ref(log), 'a');
        co_await yields();
        auto guard = co_await c.acquire();
        c.notify();
        co_await yields(3);
        CHECK(log.empty());
        CHECK(c.statistics().lock_statistics.tasks_waiting == 1);
        guard.release();
        co_await a;
        CHECK(log == "a");
    });
}

TEST_CASE("a wait that times out has the lock again when the timeout is thrown") {
    in_task([]() -> coro<> {
        condition c;
        const auto body = [](condition& mine) -> coro<> {
            const auto guard = co_await mine.acquire();
            bool late = false;
            try {
                co_await timeout(seconds(1), [&]() -> coro<> { co_await mine.wait(); });
            } catch (const timeout_error&) {
                late = true;
            }
            CHECK(late);
            CHECK(mine.statistics().lock_statistics.owner == running_task_number());
        };
        co_await body(c);
        CHECK_FALSE(c.locked());
    });
}

TEST_CASE("two conditions can share a lock, whose line they join behind those who wait already") {
    std::string log;
    in_task([&]() -> coro<> {
        lock l;
        condition first(l);
        condition second(l);
        const task<> a = create_task(wait_once, std::ref(first), std::ref(log), 'a');
        const task<> b = create_task(wait_once, std::ref(second), std::ref(log), 'b');
        co_await yields(2);
        auto guard = co_await l.acquire();
        second.notify();
        first.notify();
        guard.release();
        co_await a;
        co_await b;
    });
    CHECK(log == "ba");
}

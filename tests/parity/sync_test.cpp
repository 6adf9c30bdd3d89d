// SPDX-License-Identifier: MIT
// tests/parity/sync_test.cpp: event, lock and semaphore.
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

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<> yields(int n) {
    for (int i = 0; i < n; ++i) co_await yield();
}

coro<> take(lock& l, std::string& log, char name) {
    const auto guard = co_await l.acquire();
    log += name;
    co_await yield();
}

coro<> pass(event& e, std::string& log, char name) {
    co_await e.wait();
    log += name;
}

coro<> permit(semaphore& s, std::string& log, char name) {
    const auto mine = co_await s.acquire();
    log += name;
    co_await sleep(seconds(1));
}

}  // namespace

// LockTests.test_acquire
TEST_CASE("S121: a lock is fair: first come, first served, the releaser queues up again") {
    std::string log;
    in_task([&]() -> coro<> {
        lock l;
        auto guard = co_await l.acquire();
        CHECK(l.locked());
        const task<> a = create_task(take, std::ref(l), std::ref(log), 'a');
        const task<> b = create_task(take, std::ref(l), std::ref(log), 'b');
        co_await yield();
        CHECK(l.statistics().tasks_waiting == 2);
        guard.release();
        guard.release();
        guard = co_await l.acquire();
        log += 'm';
        guard.release();
        co_await a;
        co_await b;
        CHECK_FALSE(l.locked());
    });
    CHECK(log == "abm");
}

// test_cancel_race, test_cancel_release_race
TEST_CASE("S122: a cancelled waiter never blocks the rest") {
    std::string log;
    in_task([&]() -> coro<> {
        lock l;
        auto guard = co_await l.acquire();
        std::vector<task<>> waiters;
        for (const char c : {'a', 'b', 'c'}) {
            waiters.push_back(create_task(take, std::ref(l), std::ref(log), c));
        }
        co_await yield();
        waiters[0].cancel();
        guard.release();
        co_await as_result(waiters[2]);
        CHECK(waiters[0].cancelled());
        CHECK_FALSE(l.locked());
    });
    CHECK(log == "bc");
}

TEST_CASE("S122: a waiter that was handed the lock keeps it when it is cancelled then") {
    std::string log;
    in_task([&]() -> coro<> {
        lock l;
        auto guard = co_await l.acquire();
        const task<> a = create_task(take, std::ref(l), std::ref(log), 'a');
        const task<> b = create_task(take, std::ref(l), std::ref(log), 'b');
        co_await yield();
        guard.release();  // hands it to a
        a.cancel();       // who hears of this at its next await
        co_await as_result(b);
        CHECK(a.cancelled());
        CHECK_FALSE(l.locked());
    });
    CHECK(log == "ab");
}

TEST_CASE("S123: releasing a lock that is not held is an error") {
    lock l;
    CHECK_THROWS_AS(l.release(), usage_error);
}

// EventTests.test_wait, test_clear_with_waiters
TEST_CASE("S124: an event wakes all who wait, in their order, even if it is cleared at once") {
    std::string log;
    in_task([&]() -> coro<> {
        event e;
        std::vector<task<>> waiters;
        for (const char c : {'a', 'b', 'c'}) {
            waiters.push_back(create_task(pass, std::ref(e), std::ref(log), c));
        }
        co_await yield();
        CHECK(e.statistics().tasks_waiting == 3);
        e.set();
        e.clear();
        CHECK_FALSE(e.is_set());
        for (const task<>& t : waiters) co_await t;
        const task<> late = create_task(pass, std::ref(e), std::ref(log), 'd');
        co_await yields(3);
        CHECK(log == "abc");
        late.cancel();
        co_await as_result(late);
        CHECK(e.statistics().tasks_waiting == 0);
    });
}

// SemaphoreTests.test_acquire_fifo_order
TEST_CASE("S128, S129: a semaphore lets n in, the others in their order") {
    std::string log;
    in_task([&]() -> coro<> {
        semaphore s(2);
        const nurt_test::stopwatch watch;
        std::vector<task<>> all;
        for (const char c : {'a', 'b', 'c', 'd', 'e'}) {
            all.push_back(create_task(permit, std::ref(s), std::ref(log), c));
        }
        co_await yields(2);
        CHECK(log == "ab");
        CHECK(s.locked());
        for (const task<>& t : all) co_await t;
        CHECK(watch.seconds() == 3);
        CHECK(s.value() == 2);
    });
    CHECK(log == "abcde");
}

TEST_CASE("S128: a permit is handed over: nobody who comes later gets in between") {
    std::string log;
    in_task([&]() -> coro<> {
        semaphore s(1);
        auto mine = co_await s.acquire();
        const task<> first = create_task(permit, std::ref(s), std::ref(log), '1');
        co_await yield();
        mine.release();
        CHECK(s.locked());
        mine = co_await s.acquire();
        log += 'm';
        co_await first;
    });
    CHECK(log == "1m");
}

// test_acquire_cancel_before_awoken, test_acquire_hang
TEST_CASE("S130: a waiter cancelled before or after its permit came loses none") {
    std::string log;
    in_task([&]() -> coro<> {
        semaphore s(0);
        const task<> before = create_task(permit, std::ref(s), std::ref(log), 'x');
        const task<> after = create_task(permit, std::ref(s), std::ref(log), 'a');
        const task<> next = create_task(permit, std::ref(s), std::ref(log), 'n');
        co_await yield();
        before.cancel();
        s.release();
        after.cancel();
        co_await as_result(next);
        CHECK(before.cancelled());
        CHECK(after.cancelled());
        CHECK(s.value() == 1);
    });
    CHECK(log == "an");
}

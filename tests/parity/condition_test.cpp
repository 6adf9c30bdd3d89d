// SPDX-License-Identifier: MIT
// tests/parity/condition_test.cpp: condition. Retold from CPython's test_locks, ConditionTests.
#include "nurt/sync/condition.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "nurt/core/timeout.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::end_of;
using nurt_test::in_task;
using nurt_test::yields;

namespace {

// Logs the error too, in capitals, with the lock held.
coro<> wait_and_tell(condition& c, std::string& log, char name) {
    const auto guard = co_await c.acquire();
    try {
        co_await c.wait();
        log += name;
    } catch (const cancelled_error&) {
        log +=
            c.locked() && c.statistics().lock_statistics.owner == running_task_number() ? 'C' : '?';
        throw;
    }
}

coro<> notify(condition& c, std::size_t n) {
    const auto guard = co_await c.acquire();
    c.notify(n);
}

}  // namespace

// test_wait_cancel, test_wait_cancel_after_notify
TEST_CASE("S125: a cancelled wait takes the lock again before it throws") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        const task<> a = create_task(wait_and_tell, std::ref(c), std::ref(log), 'a');
        co_await yields();
        a.cancel("free");
        CHECK(c.locked());  // taken already
        CHECK(co_await end_of(a) == "[cancelled: free]");
        CHECK(log == "C");
        CHECK_FALSE(c.locked());
    });
}

// test_cancelled_error_wakeup, test_cancelled_error_re_aquire
TEST_CASE("S125: further cancels are swallowed until it has the lock, and the newest is thrown") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        const task<> a = create_task(wait_and_tell, std::ref(c), std::ref(log), 'a');
        co_await yields();
        auto guard = co_await c.acquire();
        a.cancel("first");
        co_await yields(2);
        a.cancel("second");
        co_await yields(2);
        CHECK_FALSE(a.done());
        CHECK(c.statistics().tasks_waiting == 0);
        guard.release();
        CHECK(co_await end_of(a) == "[cancelled: second]");
        CHECK(log == "C");
        CHECK_FALSE(c.locked());
    });
}

// test_cancelled_wakeup
TEST_CASE(
    "S126: a waiter that is cancelled before it is notified leaves the notification to another") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        const task<> a = create_task(wait_and_tell, std::ref(c), std::ref(log), 'a');
        const task<> b = create_task(wait_and_tell, std::ref(c), std::ref(log), 'b');
        co_await yields(2);
        auto guard = co_await c.acquire();
        a.cancel();
        c.notify();
        guard.release();
        co_await b;
        CHECK(co_await end_of(a) == "[cancelled: ]");
    });
    CHECK(log == "Cb");
}

// test_cancelled_wakeup_relock
TEST_CASE(
    "S126: a waiter that is cancelled after it was notified has the notification and returns") {
    std::string log;
    in_task([&]() -> coro<> {
        condition c;
        const auto consume = [](condition& mine, std::string& out) -> coro<> {
            co_await wait_and_tell(mine, out, 'a');
            co_await yields();  // the cancellation arrives here
            out += '!';
        };
        const task<> a = create_task(consume, std::ref(c), std::ref(log));
        const task<> b = create_task(wait_and_tell, std::ref(c), std::ref(log), 'b');
        co_await yields(2);
        auto guard = co_await c.acquire();
        c.notify();
        co_await yields();
        a.cancel();  // stands in line for the lock
        guard.release();
        CHECK(co_await end_of(a) == "[cancelled: ]");
        CHECK(log == "a");
        CHECK(c.statistics().tasks_waiting == 1);
        co_await notify(c, 1);
        co_await b;
    });
    CHECK(log == "ab");
}

// test_wait_unacquired, test_notify_unacquired, test_notify_all_unacquired
TEST_CASE("S127: wait and notify without the lock are errors") {
    in_task([]() -> coro<> {
        condition c;
        const result<> end =
            co_await as_result([](condition& mine) -> coro<> { co_await mine.wait(); }(c));
        CHECK(nurt_test::text_of(end.error()) == "cannot wait on un-acquired lock");
        CHECK_THROWS_WITH_AS(c.notify(), "cannot notify on un-acquired lock", usage_error);
        CHECK_THROWS_AS(c.notify_all(), usage_error);
        CHECK_THROWS_AS(c.release(), usage_error);
    });
}

// test_wait_for
TEST_CASE("S127: wait_for looks again after every notification and gives what held") {
    int looked = 0;
    in_task([&]() -> coro<> {
        condition c;
        int stock = 0;
        const auto buy = [](condition& mine, int& have, int& looks) -> coro<int> {
            const auto guard = co_await mine.acquire();
            co_return co_await mine.wait_for([&] {
                ++looks;
                return have >= 2 ? have : 0;
            });
        };
        const task<int> a = create_task(buy, std::ref(c), std::ref(stock), std::ref(looked));
        for (int i = 0; i < 2; ++i) {
            co_await yields(2);
            const auto guard = co_await c.acquire();
            ++stock;
            c.notify();
        }
        CHECK(co_await a == 2);
        CHECK_FALSE(c.locked());
    });
    CHECK(looked == 3);
}

// SPDX-License-Identifier: MIT
// tests/parity/timeout_test.cpp: sleep, timeout and wait_for.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks, test_timeouts
// and test_waitfor. D5 is a deliberate difference.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/timeout.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;

using namespace nurt_test::timeout_parts;

namespace {

// Takes two seconds to stop.
coro<int> slow_to_stop() {
    try {
        co_await sleep(seconds(1000));
    } catch (const cancelled_error&) {
    }
    co_await sleep(seconds(2));
    throw cancelled_error();
}

coro<int> stubborn(int n) {
    try {
        co_await sleep(seconds(1000));
    } catch (const cancelled_error&) {
    }
    co_return n;
}

}  // namespace

TEST_CASE("S84: sleep takes its time, gives its value, and refuses what is not a number") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        co_await sleep(milliseconds(1500));
        CHECK(watch.seconds() == 1.5);
        auto p = co_await sleep(seconds(1), std::make_unique<int>(4));
        CHECK(*p == 4);
        co_await sleep_until(event_loop::running().time() + seconds(2));
        CHECK(watch.seconds() == 4.5);
        co_await sleep_until(event_loop::running().time() - seconds(2));
        CHECK(watch.seconds() == 4.5);
        CHECK_THROWS_AS(static_cast<void>(sleep(seconds(std::nan("")))), std::invalid_argument);
    });
    CHECK_THROWS_AS(static_cast<void>(sleep(seconds(1))), usage_error);
}

// test_timeout_basic
TEST_CASE("S92: a body that takes too long is stopped and timeout_error thrown") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool cleaned = false;
        bool expired = false;
        auto body = [&](timeout_state& t) -> coro<> {
            try {
                co_await sleep(seconds(10));
            } catch (const cancelled_error&) {
                cleaned = true;
                expired = t.expired();
                throw;
            }
        };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "timeout");
        CHECK(cleaned);
        CHECK(expired);
        CHECK(watch.seconds() == 1);
        CHECK(current_task().cancelling() == 0);
    });
}

TEST_CASE("S97: without a limit it never fires; with one in the past at the first suspension") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> { co_await sleep(hours(10000)); };
        const std::string never = co_await end_of(timeout(duration::max(), body));
        CHECK(never == "value");
        const instant past = event_loop::running().time() - seconds(5);
        const stopwatch watch;
        const std::string at_once = co_await end_of(timeout_at(past, body));
        CHECK(at_once == "timeout");
        CHECK(watch.seconds() == 0);
    });
}

// test_foreign_cancel_doesnt_timeout_if_not_expired
TEST_CASE("S93: a cancel from outside passes through") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<std::string> {
            co_return co_await end_of(
                timeout(seconds(10), []() -> coro<> { co_await after(5, 0); }));
        };
        const task<std::string> t = create_task(body);
        co_await sleep(seconds(1));
        t.cancel();
        const std::string end = co_await t;
        CHECK(end == "cancelled");
    });
}

// test_timeout_after_cancellation, test_cancel_in_timeout_after_cancellation
TEST_CASE("S94: a cancel that was swallowed before does not confuse a timeout") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            current_task().cancel();
            try {
                co_await yield();
            } catch (const cancelled_error&) {
            }
            const std::string late =
                co_await end_of(timeout(seconds(1), []() -> coro<> { co_await after(5, 0); }));
            CHECK(late == "timeout");
            CHECK(current_task().cancelling() == 1);
            const std::string stopped = co_await end_of(timeout(seconds(1), []() -> coro<> {
                current_task().cancel();
                co_await after(5, 0);
            }));
            CHECK(stopped == "cancelled");
        };
        co_await create_task(body);
    });
}

// test_nested_timeouts
TEST_CASE("S95: nested timeouts of equal deadlines: the outer one is over as well") {
    in_task([]() -> coro<> {
        bool inner_expired = false, outer_expired = false;
        const stopwatch watch;
        auto body = [&](timeout_state& outer) -> coro<> {
            const instant same = outer.when();
            auto inner_body = [&](timeout_state& inner) -> coro<> {
                try {
                    co_await sleep(seconds(10));
                } catch (...) {
                    inner_expired = inner.expired();
                    outer_expired = outer.expired();
                    throw;
                }
            };
            co_await timeout_at(same, inner_body);
        };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "timeout");
        CHECK(outer_expired);
        CHECK(inner_expired);
        CHECK(watch.seconds() == 1);
        CHECK(current_task().cancelling() == 0);
    });
}

// test_foreign_exception_on_timeout
TEST_CASE("S98: another error that the body throws wins") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            try {
                co_await sleep(seconds(10));
            } catch (const cancelled_error&) {
                throw std::runtime_error("cleanup failed");
            }
        };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "cleanup failed");
        CHECK(current_task().cancelling() == 0);
        co_await yield();
    });
}

// test_reschedule, test_timeout_expiring, test_timeout_expired
TEST_CASE("S99: a deadline may be moved until it has fired or the body has ended") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        timeout_state* escaped = nullptr;
        int refused = 0;
        auto body = [&](timeout_state& t) -> coro<> {
            escaped = &t;
            t.reschedule(seconds(5));
            co_await sleep(seconds(3));
            t.reschedule(seconds(4));
            try {
                co_await sleep(seconds(100));
            } catch (const cancelled_error&) {
                try {
                    t.reschedule(seconds(1));
                } catch (const usage_error&) {
                    ++refused;
                }
                throw;
            }
        };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "timeout");
        CHECK(watch.seconds() == 7);
        CHECK(refused == 1);
    });
}

TEST_CASE("S99: a deadline can be given to a timeout that had none, from inside of another") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto body = [](timeout_state& outer) -> coro<> {
            co_await yield();  // now it counts as armed, without a deadline
            auto inner = [&outer]() -> coro<> {
                outer.reschedule(seconds(1));
                co_await sleep(seconds(100));
            };
            co_await timeout(seconds(10), inner);
        };
        const std::string end = co_await end_of(timeout(duration::max(), body));
        CHECK(end == "timeout");
        CHECK(watch.seconds() == 1);
    });
}

TEST_CASE("S99: a deadline can be taken away") {
    in_task([]() -> coro<> {
        auto body = [](timeout_state& t) -> coro<> {
            co_await yield();
            t.reschedule(instant::never());
            co_await sleep(seconds(100));
        };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "value");
    });
}

TEST_CASE("S101: a body that swallows the cancellation has won") {
    in_task([]() -> coro<> {
        const int n = co_await timeout(seconds(1), []() -> coro<int> {
            const int got = co_await stubborn(3);
            co_return got;
        });
        CHECK(n == 3);
        CHECK(current_task().cancelling() == 0);
        co_await yield();
    });
}

// gh-134471
TEST_CASE("S102: D5 a cancel that is pending wins over a timeout of zero") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<std::string> {
            current_task().cancel();
            co_return co_await end_of(
                timeout(duration::zero(), []() -> coro<> { co_await yield(); }));
        };
        const task<std::string> t = create_task(body);
        const std::string end = co_await t;
        CHECK(end == "cancelled");
    });
}

// test_wait_for_timeout_less_then_0_*
TEST_CASE("S86: wait_for no time: a done future gives its result, another is cancelled") {
    in_task([]() -> coro<> {
        future<int> ready;
        ready.set_result(1);
        const int n = co_await wait_for(ready, duration::zero());
        CHECK(n == 1);
        future<int> open;
        const std::string end = co_await end_of(wait_for(open, seconds(-1)));
        CHECK(end == "timeout");
        CHECK(open.cancelled());
    });
}

// test_wait_for_race_condition
TEST_CASE("S87: a result that is there when the time is over wins") {
    in_task([]() -> coro<> {
        auto sleeps = []() -> coro<int> { co_return co_await after(1, 8); };
        const task<int> t = create_task(sleeps);  // its timer is older than that of wait_for
        co_await yield();
        const std::string end = co_await end_of(wait_for(t, seconds(1)));
        CHECK(end == "value");
        CHECK(t.result() == 8);
        const int n = co_await wait_for(after(1, 9), seconds(1) + nanoseconds(1));
        CHECK(n == 9);
    });
}

// test_wait_for_waits_for_task_cancellation
TEST_CASE("S88: wait_for waits until the task that it cancelled has ended") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const task<int> t = create_task(slow_to_stop());
        const std::string end = co_await end_of(wait_for(t, seconds(1)));
        CHECK(end == "timeout");
        CHECK(t.cancelled());
        CHECK(watch.seconds() == 3);
    });
}

// test_wait_for_cancel_suppressed
TEST_CASE("S89: a task that swallows the cancellation gives its value") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(stubborn(4));
        co_await yield();
        const int n = co_await wait_for(t, seconds(1));
        CHECK(n == 4);
        CHECK(current_task().cancelling() == 0);
    });
}

// test_wait_for_issue86296, test_cancel_wait_for
TEST_CASE("S90: a cancel of wait_for cancels the task inside and is never hidden") {
    in_task([]() -> coro<> {
        const task<int> inner = create_task(after(100, 1));
        auto outer = [](task<int> t) -> coro<std::string> {
            const std::string end = co_await end_of(wait_for(t, seconds(50)));
            co_return end;
        };
        const task<std::string> t = create_task(outer, inner);
        co_await sleep(seconds(1));
        t.cancel();
        const std::string end = co_await t;
        CHECK(end == "cancelled");
        CHECK(inner.cancelled());
    });
}

// SPDX-License-Identifier: MIT
// tests/parity/cancel_test.cpp: cancellation, row by row.
//
// The numbers count asyncio's rules as nurt keeps them, D3, D4 and D13 are deliberate differences; the
// CPython tests that are retold stand beside them.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/parts/cancel.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

using namespace nurt_test::cancel_parts;

namespace {

coro<int> number(int n) {
    co_return n;
}

struct special_cancel : cancelled_error {};

}  // namespace

// test_tasks test_cancelling
TEST_CASE("S50: cancel counts requests, and is refused by what is done") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(sleeper());
        CHECK(t.cancelling() == 0);
        CHECK(t.cancel());
        CHECK(t.cancelling() == 1);
        CHECK(t.cancel());
        CHECK(t.cancelling() == 2);
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled");
        CHECK_FALSE(t.cancel());
        CHECK(t.cancelling() == 2);
    });
}

// test_tasks test_cancel_inner_future, test_cancel_awaited_task
TEST_CASE("S51: a cancel is passed on to the task and the future that is awaited") {
    in_task([]() -> coro<> {
        const task<int> inner = create_task(sleeper());
        auto outer = [](task<int> t) -> coro<> { co_await t; };
        const task<> a = create_task(outer, inner);
        future<> f;
        auto waits = [](future<> mine) -> coro<> { co_await mine; };
        const task<> b = create_task(waits, f);
        co_await yield();
        a.cancel("why");
        b.cancel();
        CHECK(f.cancelled());
        const std::string end_a = co_await end_of(a);
        const std::string end_b = co_await end_of(b);
        CHECK(end_a == "cancelled: why");
        CHECK(end_b == "cancelled");
        CHECK(inner.cancelled());
    });
}

// test_tasks test_cancel_current_task; D4
TEST_CASE(
    "S52: D4 a task that cancels itself hears of it at its next leaf, even one that is ready") {
    in_task([]() -> coro<> {
        std::string log;
        future<> ready;
        ready.set_result();
        auto body = [&]() -> coro<> {
            current_task().cancel();
            co_await number(1);  // a coroutine is no leaf
            log += "a";
            co_await ready;
            log += "b";
        };
        const task<> t = create_task(body);
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled");
        CHECK(log == "a");
    });
}

// test_tasks test_cancel_at_end
TEST_CASE("S53: D13 a task that returns a value after cancel() has completed") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<int> {
            current_task().cancel();
            co_return 7;
        };
        const task<int> t = create_task(body);
        const int n = co_await t;
        CHECK(n == 7);
        CHECK_FALSE(t.cancelled());
    });
}

// test_tasks test_cancel_with_message_before_starting_task
TEST_CASE(
    "S54, S61: cancelled before its first step a task never runs, and its arguments are "
    "destroyed") {
    in_task([]() -> coro<> {
        bool ran = false;
        auto alive = std::make_shared<int>(0);
        auto body = [&ran](std::shared_ptr<int>) -> coro<> {
            ran = true;
            co_return;
        };
        const task<> t = create_task(body, alive);
        t.cancel("early");
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled: early");
        CHECK_FALSE(ran);
        CHECK(alive.use_count() == 1);
    });
}

TEST_CASE("S59: a cancel that is taken back before the first step lets the task run") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(number(3));
        t.cancel();
        CHECK(t.uncancel() == 0);
        const int n = co_await t;
        CHECK(n == 3);
    });
}

// CPython loses the value here
TEST_CASE("S55: D3 a result that arrived just before the cancel is not lost") {
    in_task([]() -> coro<> {
        std::string log;
        future<int> f;
        auto body = [&]() -> coro<> {
            const int n = co_await f;
            log += std::to_string(n);
            co_await yield();
            log += "not here";
        };
        const task<> t = create_task(body);
        co_await yield();
        f.set_result(5);
        t.cancel("late");
        const std::string end = co_await end_of(t);
        CHECK(log == "5");
        CHECK(end == "cancelled: late");
    });
}

// test_tasks test_cancel_task_catching, test_cancel_task_ignoring
TEST_CASE("S56: a task may catch the cancellation and end with a value") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<int> {
            try {
                co_await sleeper();
            } catch (const cancelled_error&) {
            }
            co_await yield();  // delivered once: it does not come again
            co_return 42;
        };
        const task<int> t = create_task(body);
        co_await yield();
        t.cancel();
        const int n = co_await t;
        CHECK(n == 42);
        CHECK_FALSE(t.cancelled());
    });
}

TEST_CASE("S57: another error that is thrown while cancelled is the outcome") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            try {
                co_await sleeper();
            } catch (const cancelled_error&) {
                throw std::runtime_error("cleanup failed");
            }
        };
        const task<> t = create_task(body);
        co_await yield();
        t.cancel();
        const std::string end = co_await end_of(t);
        CHECK(end == "cleanup failed");
        CHECK_FALSE(t.cancelled());
    });
}

TEST_CASE(
    "S58, S62: cancelled_error, and what derives from it, make a task cancelled without a "
    "request") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            co_await yield();
            throw cancelled_error("mine");
        };
        auto derived = []() -> coro<> {
            co_await yield();
            throw special_cancel();
        };
        const task<> a = create_task(body);
        const task<> b = create_task(derived);
        const std::string end = co_await end_of(a);
        const std::string other = co_await end_of(b);
        CHECK(end == "cancelled: mine");
        CHECK(a.cancelled());
        CHECK(other == "cancelled");
        CHECK(b.cancelled());
    });
}

// test_tasks test_uncancel_basic, test_uncancel_resets_must_cancel
TEST_CASE("S59: uncancel takes back a request that was not delivered, and never goes below 0") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<int> {
            const task_view me = current_task();
            me.cancel();
            me.cancel();
            CHECK(me.cancelling() == 2);
            CHECK(me.uncancel() == 1);
            CHECK(me.uncancel() == 0);
            CHECK(me.uncancel() == 0);
            co_await yield();
            co_return 1;
        };
        const task<int> t = create_task(body);
        const int n = co_await t;
        CHECK(n == 1);
    });
}

TEST_CASE("S50: repeated cancels are delivered once when they arrive together, else one by one") {
    in_task([]() -> coro<> {
        int caught = 0;
        auto body = [&]() -> coro<> {
            for (int i = 0; i < 3; ++i) {
                try {
                    co_await sleep(seconds(1));
                } catch (const cancelled_error&) {
                    ++caught;
                }
            }
        };
        const task<> t = create_task(body);
        co_await yield();
        t.cancel();
        t.cancel();
        co_await yield();
        co_await yield();
        t.cancel();
        co_await t;
        CHECK(caught == 2);
    });
}

// SPDX-License-Identifier: MIT
// tests/core/timeout_test.cpp: sleep, timeout and wait_for.
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

TEST_CASE("a body that is in time gives its value and leaves no timer") {
    in_task([]() -> coro<> {
        const int n = co_await timeout(seconds(2), []() -> coro<int> {
            const int got = co_await after(1, 5);
            co_return got;
        });
        CHECK(n == 5);
        CHECK(event_loop::running().timers().empty());
    });
}

TEST_CASE("a cancel from outside that comes before the timeout is delivered goes on as a cancel") {
    in_task([]() -> coro<> {
        for (const bool cancel_first : {true, false}) {
            auto body = []() -> coro<std::string> {
                co_return co_await end_of(
                    timeout(seconds(1), []() -> coro<> { co_await after(5, 0); }));
            };
            const task<std::string> t = create_task(body);
            const instant when = event_loop::running().time() + seconds(1);
            const auto cancel = [t] { t.cancel(); };
            if (cancel_first) event_loop::running().call_at(when, cancel);
            co_await yield();
            if (!cancel_first) event_loop::running().call_at(when, cancel);
            const std::string end = co_await t;
            CHECK(end == (cancel_first ? "cancelled" : "timeout"));
        }
    });
}

TEST_CASE(
    "an inner timeout that fires is an error the body may handle, and the outer one goes on") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto body = []() -> coro<> {
            const std::string inner =
                co_await end_of(timeout(seconds(1), []() -> coro<> { co_await after(50, 0); }));
            CHECK(inner == "timeout");
            co_await sleep(seconds(50));
        };
        const std::string end = co_await end_of(timeout(seconds(3), body));
        CHECK(end == "timeout");
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("what cannot be copied comes through wait_for as well") {
    in_task([]() -> coro<> {
        auto box = []() -> coro<std::unique_ptr<int>> { co_return std::make_unique<int>(6); };
        const std::unique_ptr<int> a = co_await wait_for(box(), seconds(1));
        const std::unique_ptr<int> b = co_await wait_for(create_task(box), seconds(1));
        CHECK(*a == 6);
        CHECK(*b == 6);
    });
}

TEST_CASE("a body that is not a coroutine may throw") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<int> { throw std::runtime_error("early"); };
        const std::string end = co_await end_of(timeout(seconds(1), body));
        CHECK(end == "early");
        co_await yield();
        CHECK(event_loop::running().timers().empty());
    });
}

TEST_CASE("as_result takes a timeout in the same expression") {
    in_task([]() -> coro<> {
        const result<int> late = co_await as_result(wait_for(after(5, 1), seconds(1)));
        CHECK_FALSE(late);
        CHECK_THROWS_AS(std::rethrow_exception(late.error()), timeout_error);
        const result<int> in_time = co_await as_result(wait_for(after(1, 7), seconds(5)));
        CHECK(in_time);
        const result<> done = co_await as_result(timeout(seconds(1), [] { return yield(); }));
        CHECK(done);
    });
}

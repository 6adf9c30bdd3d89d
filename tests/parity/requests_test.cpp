// SPDX-License-Identifier: MIT
// tests/parity/requests_test.cpp: scopes in scopes, each with its own request to stop.
//
// Retold from CPython's test_timeouts, test_tasks and test_taskgroups.
#include <doctest/doctest.h>

#include <string>

#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::text_of;

namespace {

coro<> long_sleep() {
    co_await sleep(seconds(100));
}

// What the work throws, as text.
template <class Work>
coro<std::string> end_of(Work work) {
    std::string end = "none";
    try {
        co_await work();
    } catch (...) {
        end = text_of(std::current_exception());
    }
    co_return end;
}

coro<> fail() {
    throw std::runtime_error("child");
    co_return;
}

coro<> failing_group() {
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(fail()).detach();
        co_await long_sleep();
    });
}

coro<> short_timeout() {
    co_await timeout(seconds(1), long_sleep);
}

}  // namespace

// test_tasks test_uncancel_structured_blocks
TEST_CASE("S60: a scope takes back its own request, whether it ends by a value or an error") {
    in_task([]() -> coro<> {
        const std::string late = co_await end_of(short_timeout);
        CHECK(late == "timed out");
        CHECK(current_task().cancelling() == 0);
        const std::string failed = co_await end_of(failing_group);
        CHECK(failed.find("child") != std::string::npos);
        CHECK(current_task().cancelling() == 0);
        co_await sleep(duration::zero());  // and nothing is left to arrive
    });
}

// test_tasks test_uncancel_structured_blocks
TEST_CASE("S60: a scope leaves the request of somebody else where it is") {
    in_task([]() -> coro<> {
        const auto body = []() -> coro<std::string> {
            std::string log = co_await end_of([]() -> coro<> {
                try {
                    co_await long_sleep();
                } catch (const cancelled_error&) {  // the request of main is here to stay
                }
                co_await timeout(seconds(1), long_sleep);
            });
            co_return log + " " + std::to_string(current_task().cancelling());
        };
        const task<std::string> t = create_task(body());
        co_await sleep(seconds(1));
        t.cancel();
        const std::string end = co_await t;
        CHECK(end == "timed out 1");
    });
}

// test_timeouts test_nested_timeouts_concurrent
TEST_CASE("S96: an inner timeout that is later than the outer one never fires") {
    in_task([]() -> coro<> {
        const nurt_test::stopwatch watch;
        std::string inner;
        const auto body = [&]() -> coro<> {
            inner = co_await end_of([]() -> coro<> { co_await timeout(seconds(2), long_sleep); });
            throw cancelled_error();
        };
        const std::string outer =
            co_await end_of([&]() -> coro<> { co_await timeout(seconds(1), body); });
        CHECK(inner == "[cancelled: ]");
        CHECK(outer == "timed out");
        CHECK(watch.seconds() == 1);
    });
}

// test_timeouts test_nested_timeouts_loop_busy
TEST_CASE("S96: after the inner timeout was dealt with the outer one fires at the next await") {
    in_task([]() -> coro<> {
        const nurt_test::stopwatch watch;
        std::string inner;
        const auto body = [&]() -> coro<> {
            inner = co_await end_of(short_timeout);
            co_await long_sleep();
        };
        const std::string outer =
            co_await end_of([&]() -> coro<> { co_await timeout(seconds(2), body); });
        CHECK(inner == "timed out");
        CHECK(outer == "timed out");
        CHECK(watch.seconds() == 2);
    });
}

// SPDX-License-Identifier: MIT
// tests/core/move_on_after_test.cpp: time limits under which lateness is an answer.
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <type_traits>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;
using nurt_test::stopwatch;
using nurt_test::text_of;

namespace {

coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

coro<> pause(double s) {
    co_await sleep(seconds(s));
}

coro<bool> limited_sleep(double limit, double s) {
    co_return co_await move_on_after(seconds(limit), pause(s));
}

}  // namespace

TEST_CASE("move_on_after gives the value of a body in time, and nothing when time is up") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const std::optional<int> quick = co_await move_on_after(seconds(2), after(1, 7));
        CHECK(quick == 7);
        CHECK(watch.seconds() == 1);
        const std::optional<int> slow = co_await move_on_after(seconds(2), after(9, 7));
        CHECK(!slow);
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("move_on_after a body without a value says whether it ended in time") {
    in_task([]() -> coro<> {
        CHECK(co_await limited_sleep(2, 1));
        CHECK_FALSE(co_await limited_sleep(1, 2));
    });
}

TEST_CASE("move_on_after stops the body and leaves no cancellation behind") {
    in_task([]() -> coro<> {
        bool stopped = false;
        auto body = [&]() -> coro<> {
            try {
                co_await sleep(seconds(9));
            } catch (const cancelled_error&) {
                stopped = true;
                throw;
            }
        };
        CHECK_FALSE(co_await move_on_after(seconds(1), body));
        CHECK(stopped);
        CHECK(current_task().cancelling() == 0);
        co_await sleep(seconds(1));
    });
}

TEST_CASE("move_on_after around a body that never waits takes no turn") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        auto body = []() -> coro<int> { co_return 1; };
        CHECK(co_await move_on_after(duration::zero(), body) == 1);
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("a timeout_error of the body itself is not taken for that of move_on_after") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> {
            co_await sleep(seconds(1));
            throw timeout_error("the body's own");
        };
        auto run = [&]() -> coro<> { co_await move_on_after(seconds(5), body); };
        const auto end = co_await as_result(run());
        CHECK(text_of(end.error()) == "the body's own");
    });
}

TEST_CASE("somebody else's cancellation goes through move_on_after") {
    in_task([]() -> coro<> {
        const task<bool> t = create_task(limited_sleep(5, 9));
        co_await sleep(seconds(1));
        t.cancel();
        const bool cancelled = (co_await as_result(t)).cancelled();
        CHECK(cancelled);
    });
}

TEST_CASE("of nested limits the one that was reached answers") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto inner = []() -> coro<bool> { co_return co_await limited_sleep(1, 9); };
        const std::optional<bool> outer = co_await move_on_after(seconds(5), inner);
        REQUIRE(outer.has_value());
        CHECK_FALSE(*outer);
        CHECK(watch.seconds() == 1);
        auto later = []() -> coro<bool> { co_return co_await limited_sleep(7, 9); };
        const std::optional<bool> late = co_await move_on_after(seconds(5), later);
        CHECK_FALSE(late.has_value());
        CHECK(watch.seconds() == 6);
    });
}

TEST_CASE("the body may move the deadline, and move_on_at takes a point in time") {
    in_task([]() -> coro<> {
        auto body = [](timeout_state& limit) -> coro<int> {
            limit.reschedule(seconds(5));
            co_return co_await after(3, 1);
        };
        const std::optional<int> value = co_await move_on_after(seconds(1), body);
        CHECK(value == 1);
        const instant soon = event_loop::running().time() + seconds(1);
        const std::optional<int> none = co_await move_on_at(soon, after(3, 1));
        CHECK(!none);
    });
}

TEST_CASE("fail_after is timeout: lateness is an error") {
    in_task([]() -> coro<> {
        CHECK(co_await fail_after(seconds(2), after(1, 3)) == 3);
        auto run = []() -> coro<> { co_await fail_after(seconds(1), pause(2)); };
        const auto end = co_await as_result(run());
        CHECK(text_of(end.error()) == "timed out");
    });
}

// SPDX-License-Identifier: MIT
// tests/core/deadline_test.cpp: the nearest deadline around a task.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "nurt/core/gather.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/on_exit.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

// Seconds from now to the nearest deadline; -1 if there is none.
double left() {
    if (deadline() == instant::never()) return -1;
    return (deadline() - event_loop::running().time()).seconds();
}

coro<double> left_later() {
    co_await sleep(duration::zero());
    co_return left();
}

coro<> note(std::vector<double>& seen) {
    seen.push_back(left());
    co_await sleep(duration::zero());
    seen.push_back(left());
}

}  // namespace

TEST_CASE("deadline is never without a timeout, and outside of a task") {
    CHECK(deadline() == instant::never());
    in_task([]() -> coro<> {
        CHECK(left() == -1);
        const double at_once =
            co_await timeout(duration::max(), []() -> coro<double> { co_return left(); });
        CHECK(at_once == -1);
    });
}

TEST_CASE("deadline is that of the nearest timeout, before and after the body has suspended") {
    in_task([]() -> coro<> {
        std::vector<double> seen;
        auto inner = [&]() -> coro<> { co_await note(seen); };
        auto outer = [&]() -> coro<> {
            co_await timeout(seconds(5), inner);
            co_await timeout(seconds(2), inner);
            co_await note(seen);
        };
        co_await timeout(seconds(3), outer);
        CHECK(seen == std::vector<double>{3, 3, 2, 2, 3, 3});
        CHECK(left() == -1);
    });
}

TEST_CASE("deadline sees every kind of time limit") {
    in_task([]() -> coro<> {
        const double a = co_await wait_for(left_later(), seconds(1));
        CHECK(a == 1);
        const auto b = co_await move_on_after(seconds(2), left_later());
        CHECK(b == 2);
        const double c = co_await fail_after(seconds(3), left_later());
        CHECK(c == 3);
        const instant at = event_loop::running().time() + seconds(4);
        const double d = co_await timeout_at(at, [] { return left_later(); });
        CHECK(d == 4);
        CHECK(left() == -1);
    });
}

TEST_CASE("deadline follows reschedule") {
    in_task([]() -> coro<> {
        auto body = [](timeout_state& t) -> coro<> {
            t.reschedule(seconds(7));
            CHECK(left() == 7);
            co_await sleep(seconds(1));
            CHECK(left() == 6);
            t.reschedule(seconds(2));
            CHECK(left() == 2);
            t.reschedule(instant::never());
            CHECK(left() == -1);
        };
        co_await timeout(seconds(1), body);
    });
}

TEST_CASE("a timeout that has fired is still the deadline, which is over then") {
    in_task([]() -> coro<> {
        double seen = 0;
        auto body = [&]() -> coro<> {
            try {
                co_await sleep(seconds(5));
            } catch (const cancelled_error&) {  // the body goes on
            }
            co_await sleep(seconds(2));
            seen = (deadline() - event_loop::running().time()).seconds();
        };
        co_await timeout(seconds(1), body);
        CHECK(seen == -2);
        CHECK(left() == -1);
    });
}

TEST_CASE("tasks of a group see the deadlines around its block, not those in its body") {
    in_task([]() -> coro<> {
        std::vector<double> seen;
        auto block = [&](task_group& group) -> coro<> {
            group.create_task(note, std::ref(seen)).detach();
            auto body = []() -> coro<> { co_await sleep(seconds(0.5)); };
            co_await timeout(seconds(1), body);
        };
        auto grouped = [&]() -> coro<> { co_await with(task_group(), block); };
        co_await timeout(seconds(3), grouped);
        co_await grouped();
        CHECK(seen == std::vector<double>{3, 3, -1, -1});
    });
}

TEST_CASE("a group in a task of a group: the deadlines around both count") {
    in_task([]() -> coro<> {
        std::vector<double> seen;
        auto inner_block = [&](task_group& group) -> coro<> {
            group.create_task(note, std::ref(seen)).detach();
            co_return;
        };
        auto child = [&](double limit) -> coro<> {
            auto grouped = [&]() -> coro<> { co_await with(task_group(), inner_block); };
            co_await timeout(seconds(limit), grouped);
        };
        auto outer_block = [&](task_group& group) -> coro<> {
            group.create_task(child, 9).detach();
            group.create_task(child, 2).detach();
            co_return;
        };
        auto grouped = [&]() -> coro<> { co_await with(task_group(), outer_block); };
        co_await timeout(seconds(3), grouped);
        std::sort(seen.begin(), seen.end());  // who runs first is nobody's promise
        CHECK(seen == std::vector<double>{2, 2, 3, 3});
    });
}

TEST_CASE("other tasks see no deadline of the one that made them") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<double> {
            auto t = create_task(left_later());
            co_return co_await t;
        };
        const double seen = co_await timeout(seconds(3), body);
        CHECK(seen == -1);
    });
}

TEST_CASE("in a cleanup the deadlines around it wait, and so they do not count") {
    in_task([]() -> coro<> {
        std::vector<double> seen;
        auto cleanup = [&]() -> coro<> {
            co_await note(seen);
            auto inside = [&]() -> coro<> { co_await note(seen); };
            co_await timeout(seconds(1), inside);
        };
        auto nothing = []() -> coro<> { co_await sleep(duration::zero()); };
        auto body = [&]() -> coro<> {
            co_await finally(nothing, cleanup);
            co_await note(seen);
        };
        co_await timeout(seconds(3), body);
        CHECK(seen == std::vector<double>{-1, -1, 1, 1, 3, 3});
    });
}

// SPDX-License-Identifier: MIT
// tests/core/timeout_order_test.cpp: timeouts and what is due with them; errors after them.
//
// The numbers count asyncio's rules as nurt keeps them.
#include <doctest/doctest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/timeout_order.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::timeout_order_parts;

TEST_CASE("when both are late the earlier deadline comes first, whichever was there first") {
    in_task([]() -> coro<> {
        const instant start = event_loop::running().time();
        future<int> early;
        auto first = [&]() -> coro<int> {
            set_at(start + seconds(1), early);
            co_return co_await early;
        };
        future<int> late;
        set_at(start + seconds(2.5), late);
        auto a = create_task([](auto b) -> coro<int> { co_return co_await timeout(seconds(2), b); },
                             first);
        auto b = create_task(
            [](future<int> f) -> coro<int> { co_return co_await wait_for(f, seconds(2)); }, late);
        // One turn finds everything due at once.
        event_loop::running().call_later(seconds(0.5), [] {});
        co_await sleep_until(start + seconds(3));
        const auto end_a = co_await as_result(a);
        const auto end_b = co_await as_result(b);
        CHECK(text_of(end_a.error()) == "none");
        CHECK(text_of(end_b.error()) == "timed out");
    });
}

TEST_CASE(
    "a timeout that is due with a later sleep inside of it wins, also in a task that is awaited") {
    in_task([]() -> coro<> {
        auto late = []() -> coro<int> {
            co_await sleep(seconds(1));
            co_return 1;
        };
        const auto own = co_await as_result(wait_for(late(), seconds(1)));
        CHECK(text_of(own.error()) == "timed out");
        auto body = [&]() -> coro<int> {
            auto t = create_task(late());
            co_return co_await t;
        };
        const auto other = co_await as_result(timeout(seconds(1), body));
        CHECK(text_of(other.error()) == "timed out");
    });
}

TEST_CASE("a body whose result came first has won, and no request is left behind") {
    in_task([]() -> coro<> {
        future<int> f;
        bool expired = false;
        auto body = [&](timeout_state& t) -> coro<int> {
            const int n = co_await f;
            expired = t.expired();
            co_return n;
        };
        event_loop::running().call_later(seconds(1), [f]() mutable { f.set_result(1); });
        const auto end = co_await as_result(timeout(seconds(1), body));
        CHECK(text_of(end.error()) == "none");
        CHECK(expired);
        CHECK(current_task().cancelling() == 0);
        co_await sleep(duration::zero());
    });
}

TEST_CASE("a deadline may still be moved when its time is over but nobody was told") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        future<int> f;
        timeout_state* state = nullptr;
        auto body = [&](timeout_state& t) -> coro<> {
            state = &t;
            co_await f;
        };
        event_loop::running().call_later(seconds(1), [&] { state->reschedule(seconds(2)); });
        const auto end = co_await as_result(timeout(seconds(1), body));
        CHECK(text_of(end.error()) == "timed out");
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("move_on_after: a timeout_error that the body throws after its time is no lateness") {
    in_task([]() -> coro<> {
        auto body = []() -> coro<> { co_await fails_when_stopped(timeout_error("of the body")); };
        const auto end = co_await as_result(move_on_after(seconds(1), body));
        CHECK(text_of(end.error()) == "of the body");
    });
}

TEST_CASE("a cancellation whose cleanup is cut off by a timeout is not taken for the timeout's") {
    in_task([]() -> coro<> {
        auto work = []() -> coro<> {
            auto forever = []() -> coro<> { co_await sleep(hours(1)); };
            auto block = [&]() -> coro<> { co_await finally(forever, forever, milliseconds(10)); };
            co_await timeout(milliseconds(50), block);
        };
        const task<> t = create_task(work);
        co_await sleep(milliseconds(1));
        t.cancel();
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
    });
}

TEST_CASE("a cancellation whose cleanup is cut off by its group is not taken for the group's") {
    in_task([]() -> coro<> {
        auto work = []() -> coro<> {
            auto forever = []() -> coro<> { co_await sleep(hours(1)); };
            auto block = [&](task_group& group) -> coro<> {
                event_loop::running().call_later(milliseconds(50), [&] { group.cancel(); });
                co_await finally(forever, forever, milliseconds(10));
            };
            co_await with(task_group(), block);
        };
        const task<> t = create_task(work);
        co_await sleep(milliseconds(1));
        t.cancel();
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
    });
}

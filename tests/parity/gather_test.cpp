// SPDX-License-Identifier: MIT
// tests/parity/gather_test.cpp: several things at once.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/parts/gather.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::world;

using namespace nurt_test::gather_parts;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<> slow_to_stop(bool& stopped) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
    }
    co_await sleep(seconds(2));
    stopped = true;
}

}  // namespace

// GatherTestsBase.test_success
TEST_CASE("S63: results come in the order of the arguments, after the time of the slowest") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const auto [a, b, c] = co_await gather(after(3, 1), after(1, 2), after(2, 3));
        CHECK(a == 1);
        CHECK(b == 2);
        CHECK(c == 3);
        CHECK(watch.seconds() == 3);
    });
}

// test_one_exception
TEST_CASE("S64: the first error arrives at once, and the others keep running") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const task<int> slow = create_task(after(5, 1));
        std::string what;
        try {
            co_await gather(slow, fail_after(1, "first"));
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "first");
        CHECK(watch.seconds() == 1);
        const int n = co_await slow;
        CHECK(n == 1);
        CHECK(watch.seconds() == 5);
    });
}

// test_exception_marking
TEST_CASE("S65: errors of siblings that come later are not reported") {
    in_task([]() -> coro<> {
        std::string what;
        try {
            co_await gather(fail_after(2, "second"), fail_after(1, "first"));
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "first");
        co_await sleep(seconds(5));
    });
}

// test_cancellation_broadcast
TEST_CASE("S67: cancelling a gather cancels every child and waits for all of them") {
    in_task([]() -> coro<> {
        bool stopped = false;
        const task<int> quick = create_task(after(50, 1));
        auto all = [](task<int> t, bool& flag) -> coro<> {
            co_await gather(t, slow_to_stop(flag));
        };
        const task<> t = create_task(all, quick, std::ref(stopped));
        co_await sleep(seconds(1));
        const stopwatch watch;
        t.cancel();
        const result<> end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(quick.cancelled());
        CHECK(stopped);
        CHECK(watch.seconds() == 2);
    });
}

// test_one_cancellation
TEST_CASE(
    "S68: a child that is cancelled alone is an error of the gather, which is not cancelled") {
    in_task([]() -> coro<> {
        const task<int> a = create_task(after(5, 1));
        const task<int> b = create_task(after(5, 2));
        const auto all = gather(a, b);
        co_await yield();
        a.cancel();
        const auto end = co_await as_result(all);
        CHECK(end.cancelled());
        CHECK_FALSE(all.cancelled());
        CHECK_FALSE(b.done());
        co_await b;
    });
}

// test_cancel_gather_1
TEST_CASE("S69: a gather refuses to be cancelled once its children are done") {
    in_task([]() -> coro<> {
        future<int> f;
        auto all = gather(f);
        f.set_result(3);
        CHECK_FALSE(all.cancel());
        const std::tuple<int> values = co_await all;
        CHECK(std::get<0>(values) == 3);
        CHECK_FALSE(all.cancel());
    });
}

// test_duplicate_coroutines
TEST_CASE("S70: the same task twice runs once, and its result is repeated") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(after(1, 7));
        const auto [a, b] = co_await gather(t, t);
        CHECK(a == 7);
        CHECK(b == 7);
        CHECK(t.result() == 7);
    });
}

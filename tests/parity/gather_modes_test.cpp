// SPDX-License-Identifier: MIT
// tests/parity/gather_modes_test.cpp: gather with return_exceptions, and with cancel_on_error.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/parts/gather_modes.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::gather_modes_parts;

namespace {

coro<int> immediate() {
    co_return 1;
}

coro<std::unique_ptr<int>> box(int n) {
    co_return std::make_unique<int>(n);
}

}  // namespace

// test_return_exceptions
TEST_CASE("S66: return_exceptions gives values and errors in their places, when all have ended") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto [a, b, c] =
            co_await gather(return_exceptions, after(2, 1), fails_after(1, "no"), box(3));
        CHECK(watch.seconds() == 2);
        CHECK(a.value() == 1);
        CHECK(text_of(b.error()) == "no");
        CHECK(*c.value() == 3);
    });
}

// test_result_exception_one_cancellation
TEST_CASE("S66: return_exceptions gives the cancellation of a child in its place") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(after(5, 1));
        auto all = gather(return_exceptions, t, after(2, 2));
        co_await sleep(seconds(1));
        t.cancel();
        auto [a, b] = co_await std::move(all);
        CHECK(a.cancelled());
        CHECK(b.value() == 2);
    });
}

TEST_CASE("S66: return_exceptions takes a vector too, and copies from tasks that others hold") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(after(1, 4));
        const std::vector<task<int>> twice{t, t};
        auto all = co_await gather(return_exceptions, twice);
        REQUIRE(all.size() == 2);
        CHECK(all[0].value() == 4);
        CHECK(all[1].value() == 4);
        CHECK(t.result() == 4);
    });
}

TEST_CASE("S31: gather of immediate coroutines takes 3 turns in every mode") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await gather(return_exceptions, immediate(), immediate());
        CHECK(probe.turns() == 3);
        co_await gather(cancel_on_error, immediate(), immediate());
        CHECK(probe.turns() == 6);
    });
}

// test_cancel_gather_2
TEST_CASE("S67: a cancelled gather cancels all, waits for all, and is cancelled in this mode too") {
    in_task([]() -> coro<> {
        bool stopped = false;
        const task<int> child = create_task(after(50, 1));
        auto all = gather(return_exceptions, child, slow_to_stop(stopped));
        co_await sleep(seconds(1));
        all.cancel();
        CHECK_FALSE(all.done());
        bool cancelled = false;
        try {
            co_await std::move(all);
        } catch (const cancelled_error&) {
            cancelled = true;
        }
        CHECK(cancelled);
        CHECK(child.cancelled());
        CHECK(stopped);
    });
}

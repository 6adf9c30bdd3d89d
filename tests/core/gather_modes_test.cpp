// SPDX-License-Identifier: MIT
// tests/core/gather_modes_test.cpp: gather with return_exceptions, and with cancel_on_error.
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
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::gather_modes_parts;

TEST_CASE("cancel_on_error: the first error cancels the others and comes when they have ended") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool stopped = false;
        const task<int> other = create_task(after(50, 1));
        auto run = [](task<int> t, bool& flag) -> coro<> {
            co_await gather(cancel_on_error, t, slow_to_stop(flag), fails_after(1, "no"));
        };
        const auto end = co_await as_result(run(other, stopped));
        CHECK(text_of(end.error()) == "no");
        CHECK(other.cancelled());
        CHECK(stopped);
        CHECK(watch.seconds() == 2);
    });
}

TEST_CASE("cancel_on_error without errors gives the values") {
    in_task([]() -> coro<> {
        const auto [a, b] = co_await gather(cancel_on_error, after(2, 1), after(1, 2));
        CHECK(a + b == 3);
        std::vector<coro<int>> work;
        work.push_back(after(1, 5));
        const std::vector<int> all = co_await gather(cancel_on_error, std::move(work));
        CHECK(all == std::vector<int>{5});
    });
}

TEST_CASE("cancel_on_error: an error that is there at the start stops the others too") {
    in_task([]() -> coro<> {
        future<int> bad;
        bad.set_exception(std::make_exception_ptr(std::runtime_error("bad")));
        const task<int> other = create_task(after(50, 1));
        auto run = [](future<int> f, task<int> t) -> coro<> {
            co_await gather(cancel_on_error, f, t);
        };
        const auto end = co_await as_result(run(bad, other));
        CHECK(text_of(end.error()) == "bad");
        CHECK(other.cancelled());
    });
}

TEST_CASE("cancel_on_error: a cancellation from outside does not hide the error that came first") {
    in_task([]() -> coro<> {
        bool stopped = false;
        auto run = [](bool& flag) -> coro<> {
            co_await gather(cancel_on_error, slow_to_stop(flag), fails_after(1, "first"));
        };
        const task<> gathering = create_task(run, std::ref(stopped));
        co_await sleep(seconds(1.5));
        gathering.cancel();
        const auto end = co_await as_result(gathering);
        CHECK(text_of(end.error()) == "first");
    });
}

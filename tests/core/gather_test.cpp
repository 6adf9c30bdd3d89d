// SPDX-License-Identifier: MIT
// tests/core/gather_test.cpp: several things at once.
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

coro<> nothing() {
    co_return;
}

coro<std::unique_ptr<int>> box(int n) {
    co_return std::make_unique<int>(n);
}

}  // namespace

TEST_CASE("void is std::monostate, and values may be of any type, move-only ones too") {
    in_task([]() -> coro<> {
        std::tuple<std::monostate, std::unique_ptr<int>, int> all =
            co_await gather(nothing(), box(4), after(0, 5));
        CHECK(*std::get<1>(all) == 4);
        CHECK(std::get<2>(all) == 5);
    });
}

TEST_CASE("a vector of coroutines gives a vector of results") {
    in_task([]() -> coro<> {
        std::vector<coro<int>> work;
        for (int i = 0; i < 100; ++i) work.push_back(after(100 - i, i));
        const std::vector<int> all = co_await gather(std::move(work));
        CHECK(all.size() == 100);
        CHECK(all[0] == 0);
        CHECK(all[99] == 99);
    });
}

TEST_CASE("the children start when gather is called, not when it is awaited") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const auto all = gather(after(2, 1), after(2, 2));
        co_await sleep(seconds(2));
        co_await all;
        CHECK(watch.seconds() == 2);
    });
}

TEST_CASE("a gather that nobody awaits runs to its end, and its error is reported") {
    world w;
    w.run([]() -> coro<> {
        {
            const auto dropped = gather(fail_after(1, "lost"), after(2, 1));
        }
        co_await sleep(seconds(3));
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].error == "lost");
}

TEST_CASE("gather accepts lambdas with captures: they outlive the await") {
    in_task([]() -> coro<> {
        int sum = 0;
        auto add = [&sum](int n) -> coro<> {
            co_await sleep(seconds(1));
            sum += n;
        };
        co_await gather(add(1), add(2));
        CHECK(sum == 3);
    });
}

TEST_CASE("gather inside of gather passes values, errors and cancellation") {
    in_task([]() -> coro<> {
        const task<int> deep = create_task(after(9, 1));
        const auto all = gather(gather(deep, after(1, 2)), after(2, 3));
        auto wait = [](auto g) -> coro<> { co_await g; };
        const task<> t = create_task(wait, all);
        co_await sleep(seconds(5));
        t.cancel();
        const result<> end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(all.cancelled());
        CHECK(deep.cancelled());
    });
}

TEST_CASE("an empty coroutine among the arguments is refused and leaves no trace") {
    in_task([]() -> coro<> {
        const task<int> running = create_task(after(1, 1));
        coro<int> used = after(1, 2);
        co_await std::move(used);
        CHECK_THROWS_AS(static_cast<void>(gather(running, std::move(used))), usage_error);
        co_await running;
    });
    CHECK_THROWS_AS(static_cast<void>(gather(nothing())), usage_error);
}

TEST_CASE("a value that was moved out of a gathered task is an error, not a surprise") {
    in_task([]() -> coro<> {
        task<std::unique_ptr<int>> t = create_task(box(1));
        const task<std::unique_ptr<int>> other = t;
        const std::unique_ptr<int> mine = co_await std::move(t);
        const auto end = co_await as_result(gather(other));
        CHECK_FALSE(end);
        CHECK_FALSE(end.cancelled());
    });
}

// SPDX-License-Identifier: MIT
// tests/threads/run_in_executor_test.cpp: futures of blocking work, in virtual time.
#include "nurt/threads/run_in_executor.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "tests/support/parts/run_in_executor.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::run_in_executor;
using nurt_test::in_task;

using namespace nurt_test::run_in_executor_parts;

// test_events test_run_in_executor
TEST_CASE("run_in_executor begins without being awaited, and gives a future") {
    in_task([]() -> coro<> {
        int runs = 0;
        nurt::future<std::string> f = run_in_executor(
            nullptr, [&](std::string s) { return ++runs, s + "!"; }, std::string("yo"));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(f.done());
        CHECK(runs == 1);
        const std::string s = co_await std::move(f);
        CHECK(s == "yo!");
    });
}

TEST_CASE("run_in_executor passes exceptions on, and the executor may be named") {
    in_task([]() -> coro<> {
        slow_executor where;
        auto f = run_in_executor(where, []() -> int { throw std::runtime_error("no"); });
        CHECK(where.begun.size() == 1);
        where.finish_all();
        CHECK_FALSE(f.done());
        co_await nurt::wait(std::vector(1, f));
        CHECK_THROWS_AS(std::rethrow_exception(f.exception()), std::runtime_error);
    });
}

TEST_CASE("cancelling the future leaves work alone that has begun, and drops its result") {
    slow_executor where;
    auto held = std::make_shared<int>(7);
    in_task([&]() -> coro<> {
        auto f = run_in_executor(where, [held] { return held; });
        CHECK(f.cancel());
        where.finish_all();
        CHECK(held.use_count() == 3);
        co_await nurt::sleep(nurt::milliseconds(1));
        CHECK(held.use_count() == 1);
    });
}

TEST_CASE("an error whose future was dropped is reported, of a cancelled one it is not") {
    slow_executor where;
    nurt_test::world w;
    w.run([&]() -> coro<> {
        const auto fail = [] { throw std::runtime_error("lost"); };
        {
            const auto dropped = run_in_executor(where, fail);
        }
        auto cancelled = run_in_executor(where, fail);
        CHECK(cancelled.cancel());
        where.finish_all();
        co_return;
    });
    w.runner.close();
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "exception of work in another thread was never retrieved");
    CHECK(w.reports[0].error == "lost");
}

TEST_CASE("set_default_executor is where to_thread goes, but not in the middle of work") {
    in_task([]() -> coro<> {
        nurt::event_loop& loop = nurt::event_loop::running();
        auto owned = std::make_unique<slow_executor>();
        slow_executor& where = *owned;
        nurt::set_default_executor(loop, std::move(owned));
        const auto f = run_in_executor(nullptr, [] {});
        CHECK(where.begun.size() == 1);
        CHECK_THROWS_AS(nurt::set_default_executor(loop, nullptr), nurt::usage_error);
        where.finish_all();
        co_await f;
    });
}

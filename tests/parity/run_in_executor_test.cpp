// SPDX-License-Identifier: MIT
// tests/parity/run_in_executor_test.cpp: futures of blocking work, in virtual time.
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

// test_events test_run_in_executor_cancel
TEST_CASE("S149: cancelling the future takes back work that has not begun") {
    in_task([]() -> coro<> {
        bool ran = false;
        nurt::future<> f = run_in_executor(nullptr, [&] { ran = true; });
        CHECK(f.cancel());
        CHECK(f.cancelled());
        CHECK_FALSE(f.cancel());
        co_await nurt::sleep(nurt::seconds(1));
        CHECK_FALSE(ran);
        CHECK(nurt::event_loop::running().outside_work() == 0);
    });
}

// test_base_events test_shutdown_default_executor_timeout
TEST_CASE("S143: the end of run waits for work left alone, and says so when it takes too long") {
    slow_executor where;
    auto held = std::make_shared<int>(0);
    {
        nurt_test::world w;
        const nurt::instant begin = w.runner.loop().time();
        w.run([&]() -> coro<> {
            run_in_executor(where, [held] {}).cancel();
            co_return;
        });
        w.runner.close();
        REQUIRE(w.reports.size() == 1);
        CHECK(w.reports[0].message ==
              "threads did not end within the grace at shutdown; they are left alone");
        CHECK((w.runner.loop().time() - begin).seconds() >= 300);
    }
    where.finish_all();
    CHECK(held.use_count() == 1);
}

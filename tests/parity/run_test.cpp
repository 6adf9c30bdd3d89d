// SPDX-License-Identifier: MIT
// tests/parity/run_test.cpp: from main into the loop and back, and what is left at the end.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_runners.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/support.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::world;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<int> number(int n) {
    co_await yield();
    co_return n;
}

}  // namespace

// test_asyncio_run_cancels_hanging_tasks
TEST_CASE("S142: tasks that are left are cancelled and waited for") {
    std::string log;
    world w;
    w.run([&]() -> coro<> {
        auto hang = [](std::string& out) -> coro<> {
            try {
                co_await sleep(seconds(1000));
            } catch (const cancelled_error&) {
                out += "cancelled;";
            }
            co_await sleep(seconds(1));
            out += "cleaned;";
        };
        create_task(hang, std::ref(log)).detach();
        co_await yield();
    });
    w.runner.close();
    CHECK(log == "cancelled;cleaned;");
    CHECK(w.reports.empty());
}

// test_asyncio_run_reports_hanging_tasks_errors
TEST_CASE("S142: errors of tasks that are left go to the handler, once") {
    world w;
    w.run([&]() -> coro<> {
        auto hang = []() -> coro<> {
            try {
                co_await sleep(seconds(1000));
            } catch (const cancelled_error&) {
                throw std::runtime_error("late");
            }
        };
        create_task(hang).detach();
        co_await yield();
    });
    w.runner.close();
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "unhandled exception during run() shutdown");
    CHECK(w.reports[0].error == "late");
}

// test_asyncio_run_from_running_loop, test_double_close
TEST_CASE("S144: run inside of run is refused; a closed runner too; close may be repeated") {
    world w;
    w.run([]() -> coro<> {
        CHECK_THROWS_AS(run(number(1), sim::make_services()), usage_error);
        co_return;
    });
    w.runner.close();
    w.runner.close();
    CHECK_THROWS_AS(w.runner.run(number(1)), usage_error);
}

TEST_CASE("S40: a runner runs several coroutines, and tasks live on between them") {
    world w;
    std::string log;
    w.run([&]() -> coro<> {
        create_task(
            [](std::string& out) -> coro<> {
                co_await sleep(seconds(1));
                out += "background;";
            },
            std::ref(log))
            .detach();
        co_return;
    });
    CHECK(w.runner.run(number(2)) == 2);
    CHECK(log.empty());
    w.run([]() -> coro<> { co_await sleep(seconds(2)); });
    CHECK(log == "background;");
}

// test_tasks test_stop_while_run_in_complete
TEST_CASE(
    "S14: a loop that is stopped before main ends is an error, and main is cancelled at close") {
    std::string log;
    world w;
    auto main = [](std::string& out) -> coro<> {
        event_loop::running().stop();
        try {
            co_await sleep(seconds(1));
        } catch (const cancelled_error&) {
            out += "cancelled";
            throw;
        }
    };
    CHECK_THROWS_AS(w.runner.run(main(log)), usage_error);
    CHECK(log.empty());
    w.runner.close();
    CHECK(log == "cancelled");
}

// SPDX-License-Identifier: MIT
// tests/core/loop_group_test.cpp: run() with a function. Several loops are in tests/real/loops_test.cpp.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/sim/run.hpp"
#include "tests/support/world.hpp"

using namespace nurt;

namespace {

coro<> nothing() {
    co_return;
}

template <class Run>
std::string misuse(Run run) {
    try {
        run();
    } catch (const usage_error& e) {
        return e.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("run calls a function on its loop, with or without the group") {
    int calls = 0;
    auto plain = [&calls]() -> coro<> {
        CHECK(event_loop::running_or_null() != nullptr);
        ++calls;
        co_return;
    };
    run(plain, sim::make_services());
    auto grouped = [&calls](loop_group here) -> coro<> {
        CHECK(here.size() == 1);
        CHECK(here.index() == 0);
        CHECK(&here[0] == &event_loop::running());
        CHECK_THROWS_AS(here[1], usage_error);
        ++calls;
        co_await sleep(seconds(1));
    };
    run(grouped, sim::make_services());
    sim::run(7, grouped);
    CHECK(calls == 3);
}

TEST_CASE("a function that throws instead of giving a coroutine is an error of its loop") {
    auto fails = [](bool really) -> coro<> {
        if (really) throw std::runtime_error("no coroutine");
        return nothing();
    };
    auto main = [fails]() -> coro<> { return fails(true); };
    CHECK_THROWS_WITH(run(main, sim::make_services()), "no coroutine");
}

TEST_CASE("stop ends main without an error of run, and waits for its cleanup") {
    std::string log;
    auto main = [&log](loop_group here) -> coro<> {
        here.stop();
        here.stop();
        try {
            co_await sleep(seconds(60));
        } catch (const cancelled_error&) {
            log += "cleanup;";
            throw;
        }
    };
    run(main, sim::make_services());
    CHECK(log == "cleanup;");
}

TEST_CASE("a cancellation that nobody asked the group for is an error") {
    auto main = []() -> coro<> {
        current_task().cancel("self");
        co_await sleep(seconds(1));
    };
    CHECK_THROWS_AS(run(main, sim::make_services()), cancelled_error);
}

TEST_CASE("several loops are refused where only one can be, with what to write instead") {
    CHECK(misuse([] { run(nothing(), {.loops = 2}); }) ==
          "a coroutine runs once, on one loop: give its function, run(fn, {.loops = n}), and not "
          "what it returns, run(fn(), {.loops = n})");
    CHECK(misuse([] { run(nothing, sim::make_services(), {.loops = 2}); }) ==
          "run(fn, services, {.loops = n}): services are those of one loop; leave out .loops, or "
          "the services");
    CHECK_THROWS_AS(runner({.loops = 2}), usage_error);
    auto inside = []() -> coro<> {
        CHECK_THROWS_AS(run(nothing, {.loops = 2}), usage_error);
        co_return;
    };
    nurt_test::in_task(inside);
}

// SPDX-License-Identifier: MIT
// tests/loop/debug_test.cpp: debug mode of a loop: slow steps, its switch and its handler.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/virtual_clock.hpp"
#include "tests/support/found.hpp"

using nurt::coro;
using nurt::debug_finding;
using nurt::event_loop;
using nurt::milliseconds;

namespace {

// As if the machine had been busy.
void spend(nurt::duration time) {
    event_loop& loop = event_loop::running();
    static_cast<nurt::sim::virtual_clock&>(*loop.parts().clock).advance_to(loop.time() + time);
}

}  // namespace

TEST_CASE("the duration from which on a step is slow may be set") {
    event_loop loop(nurt::sim::make_services());
    CHECK(loop.slow_callback_duration() == milliseconds(100));
    loop.set_slow_callback_duration(milliseconds(500));
    CHECK(loop.slow_callback_duration() == milliseconds(500));
    nurt_test::findings found(loop);
    loop.call_soon([] { spend(milliseconds(499)); });
    loop.run_once();
    CHECK(found.count() == 0);
    loop.call_soon([] { spend(milliseconds(500)); });
    loop.run_once();
    CHECK(found.count() == 1);
}

TEST_CASE("without debug mode a slow callback is nobody's business") {
    event_loop loop(nurt::sim::make_services());
    nurt_test::findings found(loop);
    loop.set_debug(false);
    CHECK_FALSE(loop.debug());
    loop.call_soon([] { spend(nurt::seconds(9)); });
    loop.run_once();
    CHECK(found.count() == 0);
}

TEST_CASE("run_options turn debug mode on") {
    nurt_test::world w(0, {.handle_interrupt = false, .debug = true});
    CHECK(w.runner.loop().debug());
}

TEST_CASE(
    "an error of the debug handler goes to the exception handler, and the next finding arrives") {
    event_loop loop(nurt::sim::make_services());
    std::vector<std::string> errors;
    int asked = 0;
    loop.set_exception_handler(
        [&](const nurt::error_context& c) { errors.emplace_back(c.message); });
    loop.set_debug_handler([&](const nurt::debug_report&) {
        ++asked;
        throw nurt::usage_error("expected");
    });
    loop.call_debug_handler({debug_finding::slow_step, "one"});
    loop.call_debug_handler({debug_finding::slow_step, "two"});
    CHECK(asked == 2);
    CHECK(errors == std::vector<std::string>(2, "the debug handler failed"));
}

TEST_CASE("slow steps are found in a storm of errors that unwind through them") {
    nurt::runner runner;
    nurt_test::findings found(runner.loop());
    runner.loop().set_slow_callback_duration(nurt::duration::nanoseconds(1));
    runner.run([]() -> coro<> {
        auto deep = [](auto& self, int depth) -> coro<> {
            if (depth == 0) {
                throw nurt::error("from below");
            }
            co_await self(self, depth - 1);
        };
        int caught = 0;
        for (int i = 0; i < 200; ++i) {
            auto failing = nurt::create_task(deep(deep, i % 20));
            try {
                co_await failing;
            } catch (const nurt::error&) {
                ++caught;
            }
        }
        CHECK(caught == 200);
    }());
    CHECK(found.count(debug_finding::slow_step) >= 200);
}

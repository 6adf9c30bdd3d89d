// SPDX-License-Identifier: MIT
// tests/parity/slow_callback_test.cpp: debug mode of a loop: slow steps, its switch and its handler.
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

// test_base_events test_log_slow_callbacks
TEST_CASE("S20: debug mode reports a callback that takes long") {
    event_loop loop(nurt::sim::make_services());
    nurt_test::findings found(loop);
    loop.call_soon([] { spend(milliseconds(123)); });
    loop.call_soon([] { spend(milliseconds(99)); });
    loop.run_once();
    REQUIRE(found.count() == 1);
    CHECK(found[0].finding == debug_finding::slow_step);
    CHECK(found[0].message.starts_with("Executing <callback "));
    CHECK(found[0].message.ends_with("> took 0.123 seconds"));
}

TEST_CASE("S20: debug mode reports a step that takes long, with name and place of its task") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([]() -> coro<> {
        nurt::current_task().base()->extra().name = nurt::shared_text("busy");
        spend(milliseconds(100));
        co_return;
    });
    REQUIRE(found.count() == 1);
    CHECK(found[0].message.starts_with("Executing <Task name='busy' at "));
    CHECK(found[0].message.ends_with("> took 0.100 seconds"));
}

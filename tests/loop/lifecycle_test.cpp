// SPDX-License-Identifier: MIT
// tests/loop/lifecycle_test.cpp: run, stop, close, and one loop in a thread at a time.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/services.hpp"

using nurt::event_loop;
using nurt::milliseconds;
using nurt::usage_error;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

}  // namespace

TEST_CASE("running() is the loop that runs here, and nothing outside") {
    event_loop loop = make_loop();
    CHECK_THROWS_AS(event_loop::running(), usage_error);
    CHECK(event_loop::running_or_null() == nullptr);
    loop.call_soon([&] { CHECK(&event_loop::running() == &loop); });
    loop.run_once();
    CHECK(event_loop::running_or_null() == nullptr);
}

TEST_CASE("close destroys callbacks that did not run") {
    auto held = std::make_shared<int>(0);
    event_loop loop = make_loop();
    loop.call_soon([held] {});
    loop.call_later(milliseconds(1), [held] {});
    loop.call_soon_threadsafe([held] {});
    CHECK(held.use_count() == 4);
    loop.close();
    CHECK(held.use_count() == 1);
}

TEST_CASE("a loop in which nothing can ever happen again says so in simulated time") {
    event_loop loop = make_loop();
    CHECK_THROWS_AS(loop.run_forever(), nurt::sim::deadlock);
    bool ran = false;
    loop.call_soon([&] {
        ran = true;
        loop.stop();
    });
    loop.run_forever();
    CHECK(ran);
}

TEST_CASE("run_once waits no longer than it is told") {
    event_loop loop = make_loop();
    const nurt::instant start = loop.time();
    loop.run_once(milliseconds(3));
    CHECK(loop.time() - start == milliseconds(3));
}

TEST_CASE("a loop has random numbers without being given a source of them") {
    event_loop loop;
    const std::uint64_t first = loop.random().next();
    const std::uint64_t second = loop.random().next();
    CHECK(first != second);
}

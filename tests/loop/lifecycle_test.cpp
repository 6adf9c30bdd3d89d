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

// test_base_events test_run_forever_pre_stopped
TEST_CASE("S13 a loop that was stopped before it runs runs exactly one turn") {
    event_loop loop = make_loop();
    int ran = 0;
    loop.call_soon([&] {
        ++ran;
        loop.call_soon([&] { ++ran; });
    });
    loop.stop();
    loop.run_forever();
    CHECK(ran == 1);
    CHECK(loop.turns() == 1);
}

TEST_CASE("S4 a stopped loop does not wait, not even without anything to do") {
    event_loop loop = make_loop();  // in simulated time, waiting for nothing would be a deadlock
    loop.stop();
    loop.run_forever();
    CHECK(loop.turns() == 1);
}

TEST_CASE("S13 stop lets the turn that is running end") {
    event_loop loop = make_loop();
    std::string log;
    loop.call_soon([&] {
        loop.stop();
        loop.call_soon([&] { log += 'c'; });
        log += 'a';
    });
    loop.call_soon([&] { log += 'b'; });
    loop.run_forever();
    CHECK(log == "ab");
}

// test_base_events RunningLoopTests
TEST_CASE("S16 no loop runs inside of a running one") {
    event_loop loop = make_loop();
    event_loop other = make_loop();
    int refused = 0;
    loop.call_soon([&] {
        for (event_loop* l : {&loop, &other}) {
            try {
                l->run_once();
            } catch (const usage_error&) {
                ++refused;
            }
        }
        CHECK(loop.is_running());
        CHECK_FALSE(other.is_running());
    });
    loop.run_once();
    CHECK(refused == 2);
    other.run_once();  // afterwards it may
}

TEST_CASE("running() is the loop that runs here, and nothing outside") {
    event_loop loop = make_loop();
    CHECK_THROWS_AS(event_loop::running(), usage_error);
    CHECK(event_loop::running_or_null() == nullptr);
    loop.call_soon([&] { CHECK(&event_loop::running() == &loop); });
    loop.run_once();
    CHECK(event_loop::running_or_null() == nullptr);
}

// test_base_events test_close, test_events test_close_running_event_loop
TEST_CASE("S17 close refuses while running, may be repeated, and ends scheduling") {
    event_loop loop = make_loop();
    loop.call_soon([&] { CHECK_THROWS_AS(loop.close(), usage_error); });
    loop.run_once();
    loop.close();
    loop.close();
    CHECK(loop.is_closed());
    CHECK_THROWS_AS(loop.call_soon([] {}), usage_error);
    CHECK_THROWS_AS(loop.call_later(milliseconds(1), [] {}), usage_error);
    CHECK_THROWS_AS(loop.call_at(nurt::instant(), [] {}), usage_error);
    CHECK_THROWS_AS(loop.call_soon_threadsafe([] {}), usage_error);
    CHECK_THROWS_AS(loop.run_forever(), usage_error);
    CHECK_THROWS_AS(loop.run_once(), usage_error);
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

// SPDX-License-Identifier: MIT
// tests/parity/lifecycle_test.cpp: run, stop, close, and one loop in a thread at a time.
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
TEST_CASE("S13: a loop that was stopped before it runs runs exactly one turn") {
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

TEST_CASE("S4: a stopped loop does not wait, not even without anything to do") {
    event_loop loop = make_loop();  // in simulated time, waiting for nothing would be a deadlock
    loop.stop();
    loop.run_forever();
    CHECK(loop.turns() == 1);
}

TEST_CASE("S13: stop lets the turn that is running end") {
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
TEST_CASE("S16: no loop runs inside of a running one") {
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

// test_base_events test_close, test_events test_close_running_event_loop
TEST_CASE("S17: close refuses while running, may be repeated, and ends scheduling") {
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

// SPDX-License-Identifier: MIT
// tests/parity/timers_test.cpp: deadlines, their order, and what a busy loop does to them.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/sim/services.hpp"
#include "tests/support/support.hpp"

using nurt::duration;
using nurt::event_loop;
using nurt::instant;
using nurt::milliseconds;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

// Runs until nothing is scheduled any more.
void drain(event_loop& loop) {
    while (!loop.timers().empty()) loop.run_once(nurt::hours(1000));
}

}  // namespace

TEST_CASE("S5: a timer never fires early, and in virtual time exactly when it is due") {
    event_loop loop = make_loop();
    const instant start = loop.time();
    std::vector<duration> fired;
    for (const int ms : {30, 1, 20, 10}) {
        loop.call_later(milliseconds(ms), [&] { fired.push_back(loop.time() - start); });
    }
    drain(loop);
    CHECK(fired == std::vector<duration>{milliseconds(1), milliseconds(10), milliseconds(20),
                                         milliseconds(30)});
}

// test_events test_call_later_negative_delays
TEST_CASE("S6: timers fire in the order of their deadlines even when all are past") {
    event_loop loop = make_loop();
    std::string log;
    loop.call_later(nurt::seconds(-1), [&] { log += 'a'; });
    loop.call_later(nurt::seconds(-2), [&] { log += 'b'; });
    loop.run_once();
    CHECK(log == "ba");
}

TEST_CASE("S7: equal deadlines fire first come, first served (D1)") {
    event_loop loop = make_loop();
    const instant when = loop.time() + milliseconds(1);
    std::vector<int> log, expected;
    for (int i = 0; i < 100; ++i) {
        loop.call_at(when, [&log, i] { log.push_back(i); });
        expected.push_back(i);
    }
    drain(loop);
    CHECK(log == expected);
}

TEST_CASE("S8: a million short timeouts that never fire leave nothing behind") {
    event_loop loop = make_loop();
    for (int i = 0; i < 1'000'000; ++i) loop.call_later(nurt::seconds(60), [] {}).cancel();
    CHECK(loop.timers().empty());
}

// SPDX-License-Identifier: MIT
// tests/parity/callbacks_test.cpp: call_soon, handles and turns.
//
// The numbers S1... count asyncio's rules as nurt keeps them; the CPython tests that are retold stand
// beside them.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/services.hpp"

using namespace std::string_literals;
using nurt::event_loop;
using nurt::handle;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

}  // namespace

// test_base_events test_call_soon
TEST_CASE("S1: callbacks run in the order of call_soon, each exactly once") {
    event_loop loop = make_loop();
    std::string log;
    for (const char c : "abcd"s) loop.call_soon([&log, c] { log += c; });
    loop.run_once();
    loop.run_once();
    CHECK(log == "abcd");
}

// test_base_events test__run_once_schedule_handle
TEST_CASE("S2: what becomes ready in a turn waits for the next one") {
    event_loop loop = make_loop();
    std::string log;
    loop.call_soon([&] {
        log += 'a';
        loop.call_soon([&] {
            log += 'c';
            loop.call_soon([&] { log += 'd'; });
        });
    });
    loop.call_soon([&] { log += 'b'; });
    loop.run_once();
    CHECK(log == "ab");
    loop.run_once();
    CHECK(log == "abc");
    loop.run_once();
    CHECK(log == "abcd");
}

TEST_CASE("S3: what is ready runs before timers that are due") {
    event_loop loop = make_loop();
    std::string log;
    loop.call_at(nurt::instant::from(1), [&] { log += 't'; });
    loop.call_soon([&] { log += 'r'; });
    loop.run_once();
    CHECK(log == "rt");
}

// test_events HandleTests.test_handle
TEST_CASE("S9: a cancelled callback does not run and drops what it holds at once") {
    event_loop loop = make_loop();
    auto held = std::make_shared<int>(0);
    handle h = loop.call_soon([held] { ++*held; });
    CHECK(held.use_count() == 2);
    h.cancel();
    CHECK(held.use_count() == 1);
    CHECK(h.cancelled());
    h.cancel();
    loop.run_once();
    CHECK(*held == 0);
}

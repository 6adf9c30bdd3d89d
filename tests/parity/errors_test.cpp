// SPDX-License-Identifier: MIT
// tests/parity/errors_test.cpp: exceptions of callbacks, and of the handler that hears of them.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/services.hpp"
#include "tests/support/world.hpp"

using nurt::error_context;
using nurt::event_loop;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

}  // namespace

// test_base_events test_default_exc_handler_callback
TEST_CASE("S10: an exception of a callback goes to the handler and the loop goes on") {
    event_loop loop = make_loop();
    std::vector<std::string> told;
    loop.set_exception_handler([&](const error_context& c) {
        told.push_back(std::string(c.message) + ": " + nurt_test::text_of(c.error));
    });
    bool ran = false;
    loop.call_soon([] { throw std::runtime_error("boom"); });
    loop.call_soon([&] { ran = true; });
    loop.run_once();
    CHECK(ran);
    CHECK(told == std::vector<std::string>{"exception in callback: boom"});
}

// test_base_events test_set_exc_handler_broken
TEST_CASE("S11: a broken handler falls back to the default one") {
    event_loop loop = make_loop();
    int asked = 0;
    loop.set_exception_handler([&](const error_context&) {
        ++asked;
        throw std::runtime_error("broken handler (expected in this test)");
    });
    loop.call_soon([] { throw std::runtime_error("boom (expected in this test)"); });
    loop.run_once();
    loop.call_soon([] { throw std::runtime_error("again (expected in this test)"); });
    loop.run_once();
    CHECK(asked == 2);
}

// test_events test_run_forever_keyboard_interrupt
TEST_CASE("S12: Ctrl-C escapes run_forever and is not given to the handler") {
    event_loop loop = make_loop();
    int told = 0;
    bool ran = false;
    loop.set_exception_handler([&](const error_context&) { ++told; });
    loop.call_soon([] { throw nurt::keyboard_interrupt(); });
    loop.call_soon([&] { ran = true; });
    CHECK_THROWS_AS(loop.run_forever(), nurt::keyboard_interrupt);
    CHECK(told == 0);
    CHECK(ran);  // the turn was finished
    loop.call_soon([&] { loop.stop(); });
    loop.run_forever();  // usable again
}

// SPDX-License-Identifier: MIT
// tests/loop/errors_test.cpp: exceptions of callbacks, and of the handler that hears of them.
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

TEST_CASE("a cancelled_error of a callback is reported and does not end the loop") {
    event_loop loop = make_loop();
    int told = 0;
    loop.set_exception_handler([&](const error_context&) { ++told; });
    loop.call_soon([] { throw nurt::cancelled_error("x"); });
    loop.run_once();
    CHECK(told == 1);
}

TEST_CASE("a handler may be replaced from inside of itself") {
    event_loop loop = make_loop();
    std::string log;
    const std::string tail = "a text that is too long to be kept inside of the string object";
    loop.set_exception_handler([&loop, &log, tail](const error_context&) {
        loop.set_exception_handler([&log](const error_context&) { log += "second"; });
        log += tail;
    });
    loop.call_soon([] { throw std::runtime_error("1"); });
    loop.call_soon([] { throw std::runtime_error("2"); });
    loop.run_once();
    CHECK(log == tail + "second");
}

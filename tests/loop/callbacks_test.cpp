// SPDX-License-Identifier: MIT
// tests/loop/callbacks_test.cpp: call_soon, handles and turns.
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
using nurt::milliseconds;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

}  // namespace

TEST_CASE("cancelling a timer takes it out of the loop at once") {
    event_loop loop = make_loop();
    auto held = std::make_shared<int>(0);
    handle h = loop.call_later(milliseconds(5), [held] { ++*held; });
    CHECK(loop.timers().size() == 1);
    h.cancel();
    CHECK(loop.timers().empty());
    CHECK(held.use_count() == 1);
    CHECK(h.cancelled());
}

TEST_CASE("a timer that is due, but has not run yet, can still be cancelled") {
    event_loop loop = make_loop();
    bool ran = false;
    handle late;
    loop.call_later(milliseconds(1), [&] { late.cancel(); });
    late = loop.call_later(milliseconds(1), [&] { ran = true; });
    loop.run_once(milliseconds(10));
    loop.run_once();
    CHECK_FALSE(ran);
    CHECK(late.cancelled());
}

TEST_CASE("cancelling a callback that has run, or is running, changes nothing") {
    event_loop loop = make_loop();
    int runs = 0;
    handle h = loop.call_soon([&] {
        ++runs;
        h.cancel();
    });
    loop.run_once();
    h.cancel();
    CHECK(runs == 1);
    CHECK_FALSE(h.cancelled());
}

TEST_CASE("copies of a handle refer to one callback, and an empty one to none") {
    event_loop loop = make_loop();
    bool ran = false;
    handle a = loop.call_soon([&] { ran = true; });
    handle b = a;
    handle c;
    c = std::move(a);
    b.cancel();
    CHECK(c.cancelled());
    loop.run_once();
    CHECK_FALSE(ran);
    handle none;
    none.cancel();
    CHECK_FALSE(none.cancelled());
    CHECK(none.when() == nurt::instant());
}

TEST_CASE("a callback may own the last handle to itself") {
    event_loop loop = make_loop();
    auto self = std::make_shared<handle>();
    handle* raw = self.get();
    *self = loop.call_later(milliseconds(1), [self] {});
    self.reset();
    raw->cancel();
    CHECK(loop.timers().empty());
}

TEST_CASE("a handle may outlive its loop") {
    handle soon, later;
    {
        event_loop loop = make_loop();
        soon = loop.call_soon([] {});
        later = loop.call_later(milliseconds(1), [] {});
    }
    soon.cancel();
    later.cancel();
    CHECK(later.when() > nurt::instant());
}

TEST_CASE("a handle tells when its timer is due") {
    event_loop loop = make_loop();
    const nurt::instant when = loop.time() + milliseconds(7);
    CHECK(loop.call_at(when, [] {}).when() == when);
    CHECK(loop.call_soon([] {}).when() == nurt::instant());
}

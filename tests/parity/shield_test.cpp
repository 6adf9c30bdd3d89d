// SPDX-License-Identifier: MIT
// tests/parity/shield_test.cpp: work that goes on when its awaiter is cancelled.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_tasks.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;
using nurt_test::stopwatch;
using nurt_test::text_of;
using nurt_test::world;

namespace {

coro<int> immediate() {
    co_return 1;
}

coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

coro<> fails_after(double s) {
    co_await sleep(seconds(s));
    throw std::runtime_error("no");
}

template <class T>
coro<T> shielded(task<T> inner) {
    co_return co_await shield(inner);
}

}  // namespace

TEST_CASE("S31: shield of an immediate coroutine: 3 turns; of what is done: 0") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        CHECK(co_await shield(immediate()) == 1);
        CHECK(probe.turns() == 3);
        const task<int> done = create_task(immediate());
        co_await done;
        const loop_probe again;
        CHECK(co_await shield(done) == 1);
        CHECK(again.turns() == 0);
    });
}

// test_shield_effect
TEST_CASE("S81: a cancellation of the awaiter does not reach what is shielded") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const task<int> inner = create_task(after(2, 7));
        const task<int> outer = create_task(shielded(inner));
        co_await sleep(seconds(1));
        outer.cancel("enough");
        const auto end = co_await as_result(outer);
        CHECK(end.cancelled());
        CHECK(text_of(end.error()) == "[cancelled: enough]");
        CHECK(watch.seconds() == 1);
        CHECK(inner.cancelling() == 0);
        CHECK(co_await inner == 7);
        CHECK(watch.seconds() == 2);
    });
}

// test_shield_cancel_inner
TEST_CASE("S81: a cancellation of what is shielded cancels the awaiter") {
    in_task([]() -> coro<> {
        const task<int> inner = create_task(after(2, 7));
        const task<int> outer = create_task(shielded(inner));
        co_await sleep(seconds(1));
        inner.cancel("inside");
        const auto end = co_await as_result(outer);
        CHECK(outer.cancelled());
        CHECK(text_of(end.error()) == "[cancelled: inside]");
    });
}

TEST_CASE("S81: an error of what is shielded reaches the awaiter, and nobody else") {
    in_task([]() -> coro<> {
        const auto end = co_await as_result(shield(fails_after(1)));
        CHECK(text_of(end.error()) == "no");
    });
}

// test_shield_cancel_outer_exception
TEST_CASE("S81: an error after the awaiter was cancelled goes to the exception handler") {
    world w;
    w.run([]() -> coro<> {
        future<> outer = shield(fails_after(1));
        outer.cancel();
        CHECK(outer.cancelled());
        co_await sleep(seconds(2));
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "exception in shielded future");
    CHECK(w.reports[0].error == "no");
}

// test_shield_duplicate_log_once
TEST_CASE("S81: two shields of one task report its error once") {
    world w;
    w.run([]() -> coro<> {
        const task<> inner = create_task(fails_after(1));
        future<> one = shield(inner);
        future<> two = shield(inner);
        one.cancel();
        two.cancel();
        co_await sleep(seconds(2));
    });
    CHECK(w.reports.size() == 1);
}

// test_shield_shortcut
TEST_CASE("S82: shield of what has ended has ended, with its value or its error") {
    in_task([]() -> coro<> {
        future<int> f;
        f.set_result(4);
        CHECK(shield(f).result() == 4);
        future<int> bad;
        bad.set_exception(std::make_exception_ptr(std::runtime_error("bad")));
        CHECK_THROWS_WITH(static_cast<void>(shield(bad).result()), "bad");
        co_return;
    });
}

// test_shield_gather
TEST_CASE("S83: a shield around a gather keeps its children running") {
    in_task([]() -> coro<> {
        const task<int> a = create_task(after(1, 1));
        const task<int> b = create_task(after(2, 2));
        future<std::tuple<int, int>> outer = shield(gather(a, b));
        co_await sleep(duration::zero());
        outer.cancel();
        CHECK(co_await a + co_await b == 3);
    });
}

// test_gather_shield
TEST_CASE("S83: a gather that is cancelled cancels its shields and not what they shield") {
    in_task([]() -> coro<> {
        const task<int> a = create_task(after(1, 1));
        const task<int> b = create_task(after(2, 2));
        future<std::tuple<int, int>> outer = gather(shield(a), shield(b));
        co_await sleep(duration::zero());
        outer.cancel();
        const auto end = co_await as_result(outer);
        CHECK(end.cancelled());
        CHECK(co_await a + co_await b == 3);
    });
}

// WaitForShieldTests
TEST_CASE("S91: what is shielded survives a timeout") {
    in_task([]() -> coro<> {
        const task<int> inner = create_task(after(2, 7));
        const auto end = co_await as_result(shielded(inner));
        CHECK(end);
        const task<int> slow = create_task(after(2, 8));
        auto limited = [](task<int> t) -> coro<int> {
            co_return co_await wait_for(shield(t), seconds(1));
        };
        const auto late = co_await as_result(limited(slow));
        CHECK(text_of(late.error()) == "timed out");
        CHECK(co_await slow == 8);
    });
}

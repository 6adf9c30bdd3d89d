// SPDX-License-Identifier: MIT
// tests/core/loop_identity_test.cpp: what belongs to one loop is not waited for in another.
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"

using nurt::coro;
using nurt_test::world;

namespace {

coro<int> in(nurt::duration delay, int value) {
    co_await nurt::sleep(delay);
    co_return value;
}

coro<nurt::task<int>> make_task() {
    co_return nurt::create_task(in(nurt::seconds(1), 7));
}

}  // namespace

TEST_CASE("a task of another loop that has ended gives its result") {
    world here;
    world there;
    const nurt::task<int> t = there.run([] { return make_task(); });
    there.run([&]() -> coro<> { co_await t; });
    CHECK(here.run([&]() -> coro<int> { co_return co_await t; }) == 7);
}

TEST_CASE("cancelling a task of another loop removes its timer there, not here") {
    world here;
    world there;
    const nurt::task<int> t = there.run([] { return make_task(); });
    here.run([&]() -> coro<> {
        t.cancel();
        co_await nurt::sleep(nurt::seconds(2));
    });
    CHECK(!t.done());
    there.run([&]() -> coro<> { co_await nurt::sleep(nurt::duration::zero()); });
    CHECK(t.cancelled());
}

TEST_CASE("a result set from another loop wakes the waiter in its own") {
    world here;
    world there;
    nurt::future<int> f;
    int got = 0;
    auto waiting = [&]() -> coro<> { got = co_await f; };
    const nurt::task<> t = there.run([&]() -> coro<nurt::task<>> {
        auto made = nurt::create_task(waiting);
        co_await nurt::sleep(nurt::duration::zero());
        co_return made;
    });
    here.run([&]() -> coro<> {
        f.set_result(3);
        co_await nurt::sleep(nurt::seconds(1));
    });
    CHECK(got == 0);
    there.run([&]() -> coro<> { co_await t; });
    CHECK(got == 3);
}

// SPDX-License-Identifier: MIT
// tests/parity/turns_test.cpp: asyncio's golden table: turns of the loop from an await to what follows it.
//
// S31 in asyncio's rules; measured on CPython 3.12 and 3.13, where both agree.
#include <doctest/doctest.h>

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;

namespace {

coro<int> immediate() {
    co_return 1;
}

coro<> one_yield() {
    co_await sleep(duration::zero());
}

coro<> sleeper() {
    co_await sleep(seconds(1000));
}

}  // namespace

TEST_CASE("S31: await of a coroutine that never suspends: 0 turns") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await immediate();
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31: sleep(0) and sleep of less than nothing: 1 turn") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await sleep(duration::zero());
        CHECK(probe.turns() == 1);
        co_await sleep(seconds(-1));
        CHECK(probe.turns() == 2);
    });
}

TEST_CASE("S31: a done future: 0 turns") {
    in_task([]() -> coro<> {
        future<int> f;
        f.set_result(1);
        const loop_probe probe;
        co_await f;
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31: a new task that is immediate: 2 turns; with one sleep(0): 3") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await create_task(immediate());
        CHECK(probe.turns() == 2);
        co_await create_task(one_yield());
        CHECK(probe.turns() == 5);
    });
}

TEST_CASE("S31: gather of one or three immediate coroutines: 3 turns") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await gather(immediate());
        CHECK(probe.turns() == 3);
        co_await gather(immediate(), immediate(), immediate());
        CHECK(probe.turns() == 6);
    });
}

TEST_CASE("S31, S72, S73: gather of nothing, or of what is done: 0 turns") {
    in_task([]() -> coro<> {
        const task<int> done = create_task(immediate());
        co_await done;
        const loop_probe probe;
        co_await gather();
        co_await gather(done, done);
        co_await gather(std::vector<task<int>>());
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31, S85: wait_for of an immediate coroutine: 0 turns") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await wait_for(immediate(), seconds(10));
        co_await wait_for(immediate(), duration::max());
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31, S86: wait_for a coroutine for no time: 3 turns, and it never starts") {
    in_task([]() -> coro<> {
        bool started = false, late = false;
        auto body = [&]() -> coro<> {
            started = true;
            co_return;
        };
        const loop_probe probe;
        try {
            co_await wait_for(body(), duration::zero());
        } catch (const timeout_error&) {
            late = true;
        }
        CHECK(probe.turns() == 3);
        CHECK(late);
        CHECK_FALSE(started);
    });
}

TEST_CASE("S31: an empty task_group: 0 turns; one with three immediate tasks: 3") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await with(task_group(), [](task_group&) -> coro<> { co_return; });
        CHECK(probe.turns() == 0);
        co_await with(task_group(), [](task_group& group) -> coro<> {
            for (int i = 0; i < 3; ++i) group.create_task(immediate()).detach();
            co_return;
        });
        CHECK(probe.turns() == 3);
    });
}

TEST_CASE("S31, S97: an empty timeout: 0 turns and no error, even without any time") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        co_await timeout(seconds(10), []() -> coro<> { co_return; });
        co_await timeout(duration::zero(), []() -> coro<> { co_return; });
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31, S97: timeout(0) around sleep(0): 1 turn, and the time is over") {
    in_task([]() -> coro<> {
        bool late = false;
        const loop_probe probe;
        try {
            co_await timeout(duration::zero(), []() -> coro<> { co_await one_yield(); });
        } catch (const timeout_error&) {
            late = true;
        }
        CHECK(late);
        CHECK(probe.turns() == 1);
    });
}

TEST_CASE("S31: a free lock, a set event, a permit that is there: 0 turns") {
    in_task([]() -> coro<> {
        lock l;
        event e;
        semaphore s(1);
        e.set();
        const loop_probe probe;
        auto guard = co_await l.acquire();
        co_await e.wait();
        auto permit = co_await s.acquire();
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("S31: cancel of a sleeping task resumes its awaiter after 2 turns") {
    in_task([]() -> coro<> {
        const task<> t = create_task(sleeper());
        co_await one_yield();
        t.cancel();
        const loop_probe probe;
        try {
            co_await t;
        } catch (const cancelled_error&) {
        }
        CHECK(probe.turns() == 2);
        CHECK(t.cancelled());
    });
}

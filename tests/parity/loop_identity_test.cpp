// SPDX-License-Identifier: MIT
// tests/parity/loop_identity_test.cpp: what belongs to one loop is not waited for in another.
#include "tests/support/world.hpp"

#include <doctest/doctest.h>

#include <string>

#include "nurt/core/as_completed.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"

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

template <class Wait>
std::string refusal(world& w, Wait wait) {
    return w.run([&]() -> coro<std::string> {
        try {
            co_await wait();
        } catch (const nurt::usage_error& e) {
            co_return e.what();
        }
        co_return "nothing";
    });
}

constexpr const char* different =
    "cannot wait for a task or future that is attached to a different loop";

coro<> hold(nurt::lock& l) {
    const auto guard = co_await l.acquire();
    co_await nurt::sleep(nurt::seconds(1));
}

}  // namespace

// test_tasks test_other_loop_future, test_constructor_heterogenous_futures
TEST_CASE("S29, S71: a task of another loop cannot be awaited, gathered, shielded or waited for") {
    world here;
    world there;
    const nurt::task<int> t = there.run([] { return make_task(); });
    CHECK(refusal(here, [&]() -> coro<> { co_await t; }) == different);
    CHECK(refusal(here, [&]() -> coro<> { co_await nurt::gather(t); }) == different);
    CHECK(refusal(here, [&]() -> coro<> { co_await nurt::shield(t); }) == different);
    CHECK(refusal(here, [&]() -> coro<> {
              std::vector<nurt::task<int>> all{t};
              co_await nurt::wait(std::move(all));
          }) == different);
    CHECK(refusal(here, [&]() -> coro<> {
              std::vector<nurt::task<int>> all{t};
              auto ends = nurt::as_completed(std::move(all));
              co_await ends.next();
          }) == different);
}

// test_locks test_ambiguous_loops
TEST_CASE("S30: a lock for which tasks of one loop have waited refuses those of another") {
    world here;
    world there;
    nurt::lock l;
    there.run([&]() -> coro<> { co_await nurt::gather(hold(l), hold(l)); });
    CHECK(refusal(here, [&]() -> coro<> { co_await nurt::gather(hold(l), hold(l)); }) ==
          "cannot wait here: tasks of a different event loop have waited for it");
}

// test_locks test_ambiguous_loops
TEST_CASE("S30: a lock for which nobody had to wait is nobody's yet") {
    world here;
    world there;
    nurt::lock l;
    there.run([&]() -> coro<> { co_await hold(l); });
    CHECK(refusal(here, [&]() -> coro<> { co_await nurt::gather(hold(l), hold(l)); }) == "nothing");
}

// mixins.py of asyncio
TEST_CASE("S30: an event and a queue that have had waiters belong to their loop") {
    world here;
    world there;
    nurt::event e;
    nurt::queue<int> q;
    there.run([&]() -> coro<> {
        auto waits = [&]() -> coro<> {
            co_await e.wait();
            co_await q.get();
        };
        auto t = nurt::create_task(waits);
        co_await nurt::sleep(nurt::duration::zero());
        e.set();
        co_await nurt::sleep(nurt::duration::zero());
        q.put_nowait(1);
        co_await t;
        e.clear();
    });
    CHECK(refusal(here, [&]() -> coro<> { co_await e.wait(); }) != "nothing");
    CHECK(refusal(here, [&]() -> coro<> { co_await q.get(); }) != "nothing");
}

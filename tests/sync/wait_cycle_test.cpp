// SPDX-License-Identifier: MIT
// tests/sync/wait_cycle_test.cpp: debug mode reports tasks that wait for each other in a circle.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/capacity_limiter.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/found.hpp"

using nurt::coro;
using nurt::create_task;
using nurt::debug_finding;
using nurt::lock;
using nurt::sleep;
using nurt::task;
using namespace std::chrono_literals;

namespace {

// Takes one lock, and a turn later the other.
coro<> both(lock& first, lock& second) {
    const auto a = co_await first.acquire();
    co_await sleep(0s);
    const auto b = co_await second.acquire();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("two tasks that take two locks in different order are reported when the circle closes") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([&]() -> coro<> {
        lock x;
        lock y;
        const auto one = create_task(both(x, y), "one");
        const auto two = create_task(both(y, x), "two");
        co_await sleep(1s);
        CHECK(found.count(debug_finding::wait_cycle) == 1);
        one.cancel();
        co_await two;
    });
    REQUIRE(found.count() == 1);
    const std::string& text = found[0].message;
    const bool one_closed_it = text.starts_with("wait cycle: one (at ");
    const std::string closer = one_closed_it ? "one" : "two";
    const std::string other = one_closed_it ? "two" : "one";
    CHECK(text.starts_with("wait cycle: " + closer + " (at "));
    CHECK(has(text, "waits for a lock held by " + other + " (at "));
    CHECK(text.ends_with("waits for a lock held by " + closer));
}

TEST_CASE("a task that holds a lock and awaits a task that wants it is reported") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([&]() -> coro<> {
        lock x;
        const auto holder = create_task(
            [](lock& l) -> coro<> {
                const auto guard = co_await l.acquire();
                const auto child = create_task(
                    [](lock& inner) -> coro<> { const auto mine = co_await inner.acquire(); },
                    std::ref(l));
                co_await nurt::gather(nurt::shield(child));
            },
            std::ref(x));
        co_await sleep(1s);
        CHECK(found.count(debug_finding::wait_cycle) == 1);
        holder.cancel();
        co_await sleep(1s);
    });
}

TEST_CASE("a lock that waits for a task that sleeps is no circle") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([]() -> coro<> {
        lock x;
        const auto guard = co_await x.acquire();
        const auto waiter = create_task(both(x, x));
        co_await sleep(1s);
        waiter.cancel();
    });
    CHECK(found.count() == 0);
}

TEST_CASE("a task that wants the last permit of its own semaphore waits for itself") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([&]() -> coro<> {
        nurt::semaphore s(1);
        const auto t = create_task(
            [](nurt::semaphore& inner) -> coro<> {
                const auto a = co_await inner.acquire();
                const auto b = co_await inner.acquire();
            },
            std::ref(s));
        co_await sleep(1s);
        t.cancel();
        co_await sleep(0s);
    });
    REQUIRE(found.count() == 1);
    CHECK(has(found[0].message, "waits for a semaphore held by"));
}

TEST_CASE("a holder outside of the circle may still give its permit back") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([]() -> coro<> {
        nurt::semaphore s(2);
        const auto mine = co_await s.acquire();
        const auto t = create_task(
            [](nurt::semaphore& inner) -> coro<> {
                const auto a = co_await inner.acquire();
                const auto b = co_await inner.acquire();
            },
            std::ref(s));
        co_await sleep(1s);
        t.cancel();
        co_await sleep(0s);
    });
    CHECK(found.count() == 0);
}

TEST_CASE("waiting for the first of several is a circle only if all of them are in it") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run([&]() -> coro<> {
        lock x;
        const auto guard = co_await x.acquire();
        std::vector<task<>> children;
        children.push_back(create_task(both(x, x)));
        children.push_back(create_task([]() -> coro<> { co_await sleep(1s); }));
        const nurt::wait_options first{.return_when = nurt::return_when::first_completed};
        const auto ended = co_await nurt::wait(children, first);
        CHECK(found.count() == 0);
        const nurt::wait_options all{.timeout = 1s};
        const auto later = co_await nurt::wait(ended.pending, all);
        CHECK(found.count(debug_finding::wait_cycle) == 1);
        later.pending.front().cancel();
    });
}

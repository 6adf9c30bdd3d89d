// SPDX-License-Identifier: MIT
// tests/sync/limits_test.cpp: bounded_semaphore, capacity_limiter, and who holds what.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "nurt/sync/bounded_semaphore.hpp"
#include "nurt/sync/capacity_limiter.hpp"
#include "nurt/sync/errors.hpp"
#include "nurt/sync/lock.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::end_of;
using nurt_test::in_task;
using nurt_test::yields;

namespace {

template <class Limit>
coro<> hold(Limit& limit, std::string& log, char name) {
    const auto held = co_await limit.acquire();
    log += name;
    co_await sleep(seconds(1));
}

void borrow(capacity_limiter& limiter) {
    const auto token = limiter.acquire_nowait();
}

coro<> acquire_twice(capacity_limiter& limiter) {
    const auto token = co_await limiter.acquire();
    const auto second = co_await limiter.acquire();
}

}  // namespace

TEST_CASE("a lock knows its owner, also one that it was handed to") {
    std::string log;
    in_task([&]() -> coro<> {
        lock l;
        CHECK_FALSE(l.owner());
        auto guard = co_await l.acquire();
        CHECK(l.owner() == current_task());
        task<> a = create_task(hold<lock>, std::ref(l), std::ref(log), 'a');
        a.set_name("next one");
        co_await yields();
        guard.release();
        CHECK(l.owner() == a);
        CHECK(l.owner().name() == "next one");
        co_await a;
        CHECK_FALSE(l.owner());
        CHECK(l.statistics().owner == 0);
    });
}

TEST_CASE("a lock whose owner has ended has none to show") {
    in_task([]() -> coro<> {
        lock l;
        const auto leave_locked = [](lock& mine) -> coro<> {
            auto guard = co_await mine.acquire();
            guard.detach();
        };
        co_await create_task(leave_locked, std::ref(l));
        CHECK(l.locked());
        CHECK_FALSE(l.owner());
        l.release();
    });
}

TEST_CASE("a semaphore knows who holds its permits, wherever they were moved") {
    std::string log;
    in_task([&]() -> coro<> {
        semaphore s(2);
        auto permit = co_await s.acquire();
        auto moved = std::move(permit);
        const task<> a = create_task(hold<semaphore>, std::ref(s), std::ref(log), 'a');
        co_await yields();
        REQUIRE(s.holders().size() == 2);
        CHECK(s.holders()[0] == current_task());
        CHECK(s.holders()[1] == a);
        moved = co_await [](semaphore& from) -> coro<semaphore::permit> {
            co_await sleep(seconds(2));
            co_return co_await from.acquire();
        }(s);
        CHECK(s.value() == 1);
        moved.release();
        moved.release();
        CHECK(s.holders().empty());
        CHECK(s.value() == 2);
    });
}

TEST_CASE("a limiter lets so many in, the others in their order, and knows the borrowers") {
    std::string log;
    in_task([&]() -> coro<> {
        capacity_limiter limiter(2);
        const nurt_test::stopwatch watch;
        std::vector<task<>> all;
        for (const char name : {'a', 'b', 'c'}) {
            all.push_back(
                create_task(hold<capacity_limiter>, std::ref(limiter), std::ref(log), name));
        }
        co_await yields(2);
        CHECK(log == "ab");
        CHECK(limiter.borrowed_tokens() == 2);
        CHECK(limiter.available_tokens() == 0);
        CHECK(limiter.statistics().tasks_waiting == 1);
        CHECK(limiter.borrowers().size() == 2);
        CHECK_THROWS_AS(borrow(limiter), would_block);
        co_await all[2];
        CHECK(watch.seconds() == 2);
        CHECK(limiter.borrowers().empty());
        CHECK(limiter.available_tokens() == 2);
    });
    CHECK(log == "abc");
}

TEST_CASE("a task that asks a limiter for a second token gets an error and keeps the first") {
    in_task([]() -> coro<> {
        capacity_limiter limiter(5);
        CHECK(co_await end_of(create_task(acquire_twice, std::ref(limiter))) ==
              "this task holds a token of this capacity_limiter already");
        CHECK(limiter.borrowed_tokens() == 0);
        auto token = limiter.acquire_nowait();
        CHECK_THROWS_AS(borrow(limiter), usage_error);
        auto moved = std::move(token);
        CHECK_THROWS_AS(borrow(limiter), usage_error);
        moved.release();
        CHECK(limiter.available_tokens() == 5);
    });
}

TEST_CASE("a limiter can be resized: more wakes who waits, fewer waits for tokens to come back") {
    std::string log;
    in_task([&]() -> coro<> {
        capacity_limiter limiter(1);
        std::vector<task<>> all;
        for (const char name : {'a', 'b', 'c', 'd'}) {
            all.push_back(
                create_task(hold<capacity_limiter>, std::ref(limiter), std::ref(log), name));
        }
        co_await sleep(seconds(0.5));  // so that the first comes back before the others
        limiter.set_total_tokens(3);
        co_await yields();
        CHECK(log == "abc");
        limiter.set_total_tokens(1);
        CHECK(limiter.available_tokens() == 0);
        co_await all[0];
        CHECK(log == "abc");
        co_await all[3];
        CHECK(log == "abcd");
        CHECK(limiter.available_tokens() == 1);
    });
}

TEST_CASE(
    "a token that was handed over stays with a borrower who is cancelled then, and comes back") {
    std::string log;
    in_task([&]() -> coro<> {
        capacity_limiter limiter(1);
        auto token = limiter.acquire_nowait();
        const task<> before =
            create_task(hold<capacity_limiter>, std::ref(limiter), std::ref(log), 'x');
        const task<> after =
            create_task(hold<capacity_limiter>, std::ref(limiter), std::ref(log), 'a');
        const task<> next =
            create_task(hold<capacity_limiter>, std::ref(limiter), std::ref(log), 'n');
        co_await yields();
        before.cancel();
        token.release();
        after.cancel();
        co_await next;
        CHECK(before.cancelled());
        CHECK(after.cancelled());
        CHECK(limiter.borrowed_tokens() == 0);
    });
    CHECK(log == "an");
}

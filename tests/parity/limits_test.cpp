// SPDX-License-Identifier: MIT
// tests/parity/limits_test.cpp: bounded_semaphore, capacity_limiter, and who holds what.
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
using nurt_test::in_task;
using nurt_test::yields;

namespace {

template <class Limit>
coro<> hold(Limit& limit, std::string& log, char name) {
    const auto held = co_await limit.acquire();
    log += name;
    co_await sleep(seconds(1));
}

}  // namespace

// SemaphoreTests.test_acquire_fifo_order_4
TEST_CASE("S129: as many successors go on as permits are given back") {
    std::string log;
    in_task([&]() -> coro<> {
        semaphore s(0);
        std::vector<task<>> all;
        for (const char name : {'a', 'b', 'c', 'd'}) {
            all.push_back(create_task(hold<semaphore>, std::ref(s), std::ref(log), name));
        }
        co_await yields();
        for (int i = 0; i < 3; ++i) s.release();
        co_await yields();
        CHECK(log == "abc");
        CHECK(s.statistics().tasks_waiting == 1);
        for (const task<>& t : all) co_await t;
        CHECK(s.value() == 3);
    });
}

// BoundedSemaphoreTests: test_release_not_acquired
TEST_CASE("S131: a bounded semaphore notices one release too many") {
    in_task([]() -> coro<> {
        bounded_semaphore s(1);
        CHECK(s.bound() == 1);
        CHECK_THROWS_AS(s.release(), usage_error);
        {
            const auto permit = co_await s.acquire();
            CHECK(s.locked());
        }
        CHECK(s.value() == 1);
        CHECK_THROWS_AS(s.release(), usage_error);
        auto permit = co_await s.acquire();
        permit.detach();
        s.release();
        CHECK(s.value() == 1);
    });
}

// test_initial_value_zero, test_value_less_than_zero
TEST_CASE("S131: a semaphore with a negative value is refused") {
    CHECK_THROWS_AS(semaphore(static_cast<std::size_t>(-1)), usage_error);
    CHECK_THROWS_AS(bounded_semaphore(static_cast<std::size_t>(-1)), usage_error);
    CHECK(semaphore(0).locked());
}

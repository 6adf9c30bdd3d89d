// SPDX-License-Identifier: MIT
// tests/core/shield_test.cpp: work that goes on when its awaiter is cancelled.
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
using nurt_test::world;

namespace {

coro<std::unique_ptr<int>> box(int n) {
    co_await sleep(seconds(1));
    co_return std::make_unique<int>(n);
}

}  // namespace

TEST_CASE("a shield moves out what only a coroutine's task holds") {
    in_task([]() -> coro<> {
        const std::unique_ptr<int> boxed = co_await shield(box(5));
        CHECK(*boxed == 5);
    });
}

TEST_CASE("a shield of a future that nobody settles leaves nothing behind") {
    in_task([]() -> coro<> {
        const future<int> never;
        const future<int> outer = shield(never);
        CHECK(!outer.done());
        co_return;
    });
}

TEST_CASE("a coroutine that is a lambda with captures is refused: it may outlive them") {
    in_task([]() -> coro<> {
        int n = 1;
        auto work = [&n]() -> coro<int> { co_return n; };
        CHECK_THROWS_AS(static_cast<void>(shield(work())), usage_error);
        co_return;
    });
}

// SPDX-License-Identifier: MIT
// tests/parity/debug_test.cpp: debug mode: coroutines nobody awaits, swallowed cancellations.
#include <doctest/doctest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/found.hpp"

using nurt::cancelled_error;
using nurt::coro;
using nurt::create_task;
using nurt::debug_finding;
using nurt::sleep;
using nurt_test::has;
using nurt_test::message_of;
using namespace std::chrono_literals;

namespace {

coro<int> answer() {
    co_return 42;
}

coro<> sleeper() {
    co_await sleep(10s);
}

}  // namespace

TEST_CASE("S49: debug mode reports a coroutine that was never awaited, with its place") {
    const std::string text = message_of(
        []() -> coro<> {
            static_cast<void>(answer());
            co_return;
        },
        debug_finding::never_awaited);
    CHECK(has(text, "answer"));
    CHECK(has(text, "debug_test.cpp:"));
    CHECK(text.ends_with("was never awaited"));
}

TEST_CASE("S49: without debug mode a dropped coroutine is not reported") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.runner.loop().set_debug(false);
    w.run([]() -> coro<> {
        static_cast<void>(answer());
        co_return;
    });
    CHECK(found.count() == 0);
}

// test_base_events test_create_task_error_closes_coro
TEST_CASE("S38: create_task without a loop drops its coroutine without a report") {
    nurt_test::world w;
    nurt_test::findings found(w.runner.loop());
    w.run(sleeper);
    CHECK_THROWS_AS(create_task(answer()).detach(), nurt::usage_error);
    CHECK(found.count() == 0);
}

// SPDX-License-Identifier: MIT
// tests/parity/to_thread_test.cpp: blocking work, in virtual time.
//
// The simulated executor runs work on the loop's thread a little later, so these tests repeat exactly;
// real_threads_test.cpp has real ones. CPython's tests that are retold stand beside the sentences.
#include "nurt/threads/to_thread.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/capacity_limiter.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::to_thread;
using nurt_test::in_task;

namespace {

int add(int a, int b) {
    return a + b;
}

}  // namespace

// test_threads test_to_thread, test_to_thread_with_args
TEST_CASE("S147: to_thread gives what the function returns") {
    in_task([]() -> coro<> {
        const int sum = co_await to_thread(add, 40, 2);
        CHECK(sum == 42);
    });
}

// test_threads test_to_thread_exception
TEST_CASE("S147: an exception of the function arrives at the await") {
    in_task([]() -> coro<> {
        auto fail = [] { throw std::runtime_error("no"); };
        std::string text;
        try {
            co_await to_thread(fail);
        } catch (const std::runtime_error& e) {
            text = e.what();
        }
        CHECK(text == "no");
    });
}

// test_events test_run_in_executor_cancel
TEST_CASE("S149: work that has not begun is withdrawn when its task is cancelled") {
    in_task([]() -> coro<> {
        bool ran = false;
        auto t = nurt::create_task([&]() -> coro<> { co_await to_thread([&] { ran = true; }); });
        co_await nurt::sleep(nurt::duration::zero());
        t.cancel();
        bool cancelled = false;
        try {
            co_await t;
        } catch (const nurt::cancelled_error&) {
            cancelled = true;
        }
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(cancelled);
        CHECK_FALSE(ran);
    });
}

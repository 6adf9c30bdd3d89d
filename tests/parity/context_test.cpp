// SPDX-License-Identifier: MIT
// tests/parity/context_test.cpp: variables that follow the logical flow.
//
// The CPython tests that are retold stand beside the cases (test_tasks is
// Lib/test/test_asyncio/test_tasks.py).
#include "nurt/loop/context.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "tests/support/parts/context.hpp"
#include "tests/support/world.hpp"

using nurt::context;
using nurt::context_var;
using nurt::coro;
using nurt_test::in_task;
using nurt_test::world;

using namespace nurt_test::context_parts;

// test_tasks: test_context_1 to test_context_3
TEST_CASE("S39: a task has a copy of its creator's context; what it sets, only it sees") {
    in_task([]() -> coro<> {
        number.set(1);
        auto a = nurt::create_task(set_and_read(10));
        auto b = nurt::create_task(set_and_read(20));
        number.set(2);
        const int from_a = co_await a;
        const int from_b = co_await b;
        CHECK(from_a == 10);
        CHECK(from_b == 20);
        CHECK(number.get() == 2);
        auto reads = []() -> coro<int> { co_return number.get(); };
        auto late = nurt::create_task(reads());
        number.set(3);
        const int at_creation = co_await late;
        CHECK(at_creation == 2);
    });
}

// test_tasks: test_context_4
TEST_CASE("S39: a task that is given a context runs in it, not in a copy") {
    in_task([]() -> coro<> {
        const context mine;
        co_await nurt::create_task(set_and_read(6), {.context = &mine});
        CHECK(mine.get(number) == 6);
        CHECK(number.get() == 0);
        auto t = nurt::create_task(set_and_read(8), {.context = &mine});
        CHECK(t.context() == mine);
        co_await t;
    });
}

// test_tasks: test_context_5, test_context_6
TEST_CASE("S39: callbacks run in a copy of the context in which they were scheduled") {
    std::vector<int> seen;
    in_task([&]() -> coro<> {
        nurt::event_loop& loop = nurt::event_loop::running();
        number.set(1);
        loop.call_soon([&] {
            seen.push_back(number.get());
            number.set(100);
        });
        loop.call_later(nurt::seconds(1), [&] { seen.push_back(number.get()); });
        auto t = nurt::create_task(set_and_read(50));
        t.add_done_callback([&] { seen.push_back(number.get()); });
        number.set(2);
        co_await nurt::sleep(nurt::seconds(2));
        CHECK(number.get() == 2);
    });
    CHECK(seen == std::vector<int>{1, 1, 1});
}

// test_runners: test_run_keeps_context
TEST_CASE("S40: a runner keeps one context for all its runs") {
    world w;
    w.run([]() -> coro<> {
        number.set(1);
        co_return;
    });
    CHECK(w.run([]() -> coro<int> { co_return number.get(); }) == 1);
    CHECK(number.get() == 0);
}

// test_futures2: test_task_exc_handler_correct_context
TEST_CASE("S21: the exception handler runs in the context of the task that failed") {
    world w;
    int seen = -1;
    w.runner.loop().set_exception_handler([&](const nurt::error_context&) { seen = number.get(); });
    w.run([]() -> coro<> {
        auto fails = []() -> coro<> {
            number.set(12);
            co_await yield();
            throw nurt::error("boom");
        };
        nurt::create_task(fails()).detach();
        number.set(1);
        co_await nurt::sleep(nurt::seconds(1));
    });
    CHECK(seen == 12);
}

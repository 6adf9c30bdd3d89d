// SPDX-License-Identifier: MIT
// tests/parity/eager_test.cpp: tasks whose first step is taken inside of create_task.
//
// The CPython tests that are retold are in Lib/test/test_asyncio/test_eager_task_factory.py.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/exception_group.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/stack.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/eager.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::create_task;
using nurt_test::in_task;
using nurt_test::loop_probe;

using namespace nurt_test::eager_parts;

// test_eager_completion
TEST_CASE("S41: an eager task that never suspends has ended when create_task returns") {
    in_task([]() -> coro<> {
        auto t = create_task(immediate(1), {.eager_start = true});
        CHECK(t.done());
        CHECK(t.result() == 1);
        const loop_probe probe;
        const int value = co_await t;
        CHECK(value == 1);
        CHECK(probe.turns() == 0);
    });
}

// test_eager_task_factory test_block_after_eager_step
TEST_CASE("S41: an eager task that suspends goes on in its turn") {
    in_task([]() -> coro<> {
        auto t = create_task(after_a_yield(2), {.eager_start = true});
        CHECK(!t.done());
        const loop_probe probe;
        const int value = co_await t;
        CHECK(value == 2);
        CHECK(probe.turns() == 2);
    });
}

// test_current_task
TEST_CASE("S42: the current task is the eager one while it runs, and then its creator again") {
    in_task([]() -> coro<> {
        const nurt::task_view me = nurt::current_task();
        std::string inside;
        auto body = [&]() -> coro<> {
            inside = nurt::current_task().name();
            co_return;
        };
        auto t = create_task({.name = "eager", .eager_start = true}, body);
        CHECK(inside == "eager");
        CHECK(nurt::current_task() == me);
        co_await t;
    });
}

// test_all_tasks_with_eager_completion
TEST_CASE("S43: an eager task is among all tasks while it runs, and gone when it has ended") {
    in_task([]() -> coro<> {
        std::size_t during = 0;
        auto body = [&]() -> coro<> {
            during = nurt::all_tasks().size();
            co_return;
        };
        auto t = create_task({.eager_start = true}, body);
        CHECK(during == 2);
        CHECK(nurt::all_tasks().size() == 1);
        co_await t;
    });
}

// test_context_vars
TEST_CASE("S44: an eager task runs in its own copy of the context") {
    in_task([]() -> coro<> {
        level.set(1);
        auto body = []() -> coro<int> {
            level.set(level.get() + 1);
            co_return level.get();
        };
        auto t = create_task({.eager_start = true}, body);
        CHECK(t.result() == 2);
        CHECK(level.get() == 1);
        co_await t;
    });
}

// test_cancellation_after_eager_completion
TEST_CASE("S45: cancelling an eager task that has ended does nothing") {
    in_task([]() -> coro<> {
        auto t = create_task(immediate(1), {.eager_start = true});
        CHECK(!t.cancel());
        CHECK(!t.cancelled());
        co_await t;
    });
}

// Task.__init__
TEST_CASE("S46: without a running loop an eager task begins in its turn") {
    nurt_test::world w;
    w.runner.loop().set_task_factory(nurt::eager_task_factory);
    CHECK(w.run([] { return immediate(4); }) == 4);
}

// TestEagerTaskTaskGroup
TEST_CASE("S47: groups and gather cope with children that have ended when they are made") {
    in_task([]() -> coro<> {
        be_eager();
        const auto [a, b, c] = co_await nurt::gather(immediate(1), after_a_yield(2), immediate(3));
        CHECK(a + b + c == 6);
        int sum = 0;
        co_await nurt::with(nurt::task_group(), [&](nurt::task_group& group) -> coro<> {
            auto x = group.create_task(immediate(1));
            auto y = group.create_task(after_a_yield(2));
            CHECK(x.done());
            sum = x.result() + co_await y;
        });
        CHECK(sum == 3);
    });
}

// test_taskgroups TestEagerTaskTaskGroup
TEST_CASE("S47: an eager child that fails at once stops its group") {
    in_task([]() -> coro<> {
        be_eager();
        auto fails = []() -> coro<> {
            throw std::runtime_error("at once");
            co_return;
        };
        bool after = false;
        std::size_t errors = 0;
        try {
            co_await nurt::with(nurt::task_group(), [&](nurt::task_group& group) -> coro<> {
                group.create_task(fails()).detach();
                co_await nurt::sleep(nurt::seconds(1));
                after = true;
            });
        } catch (const nurt::exception_group& g) {
            errors = g.errors().size();
        }
        CHECK(errors == 1);
        CHECK(!after);
    });
}

// test_recursive_taskgroups
TEST_CASE("S48: eager tasks that make eager tasks nest") {
    struct tree {
        static coro<int> grow(int depth) {
            if (depth == 0) {
                co_return 1;
            }
            auto left = create_task(grow(depth - 1));
            auto right = create_task(grow(depth - 1));
            const int a = co_await left;
            const int b = co_await right;
            co_return a + b;
        }
    };
    in_task([]() -> coro<> {
        be_eager();
        const nurt::task_view me = nurt::current_task();
        const int leaves = co_await create_task(tree::grow(6));
        CHECK(leaves == 64);
        CHECK(nurt::current_task() == me);
    });
}

// SPDX-License-Identifier: MIT
// tests/core/task_group_test.cpp: tasks that end before their block does.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_taskgroups. D6 and D7
// are deliberate differences.
#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/task_group.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::text_of;

using namespace nurt_test::task_group_parts;

TEST_CASE("the body's value is the value of the block, and the tasks have their results") {
    in_task([]() -> coro<> {
        const int sum = co_await with(task_group(), [](task_group& group) -> coro<int> {
            const task<int> a = group.create_task(after(1, 2));
            const task<int> b = group.create_task(after(2, 3), "b");
            CHECK(b.name() == "b");
            CHECK(std::string(a.place().file_name()).ends_with("task_group_test.cpp"));
            const int x = co_await a;
            const int y = co_await b;
            co_return x + y;
        });
        CHECK(sum == 5);
    });
}

TEST_CASE("a body that throws before it is a coroutine still waits for the tasks it made") {
    in_task([]() -> coro<> {
        bool stopped = false;
        auto body = [&](task_group& group) -> coro<> {
            group
                .create_task(
                    [](bool& flag) -> coro<> {
                        flag = true;
                        co_return;
                    },
                    std::ref(stopped))
                .detach();
            throw std::runtime_error("early");
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "[early]");
        CHECK_FALSE(stopped);  // cancelled before its first step
    });
}

TEST_CASE("the text of an exception_group names every error") {
    const exception_group group("two failed", {std::make_exception_ptr(std::runtime_error("a")),
                                               std::make_exception_ptr(std::runtime_error("b"))});
    CHECK(std::string(group.what()) == "two failed (2 errors: a; b)");
}

TEST_CASE("a function that a group makes a task of takes options first") {
    in_task([]() -> coro<> {
        std::string name;
        bool at_once = false;
        co_await with(task_group(), [&](task_group& group) -> coro<> {
            auto child = [&](int n) -> coro<int> {
                name = current_task().name();
                co_return n;
            };
            const task<int> t = group.create_task({.name = "child", .eager_start = true}, child, 3);
            at_once = t.done();
            co_return;
        });
        CHECK(name == "child");
        CHECK(at_once);
    });
}

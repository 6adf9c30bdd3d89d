// SPDX-License-Identifier: MIT
// tests/parity/task_group_end_test.cpp: how blocks of task groups end, in the rarer cases.
//
// Retold from CPython's test_taskgroups; the numbers count asyncio's rules as nurt keeps them.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

namespace {

coro<> crash_soon() {
    co_await sleep(seconds(0.1));
    throw std::runtime_error("crashed");
}

// A resource whose end fails.
struct fragile {
    static coro<bool> aexit(std::exception_ptr) {
        co_await sleep(duration::zero());
        throw std::runtime_error("aexit");
    }
};

coro<> hold_fragile() {
    co_await with(fragile(), [](fragile&) -> coro<> { co_await sleep(seconds(100)); });
}

coro<> stop_counting(int& stopped) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
        ++stopped;
        throw;
    }
}

}  // namespace

// test_taskgroup_20, test_taskgroup_20a
TEST_CASE("S112: keyboard_interrupt in the body stops the tasks and is thrown bare") {
    in_task([]() -> coro<> {
        int stopped = 0;
        auto block = [&](task_group& group) -> coro<> {
            group.create_task(stop_counting(stopped)).detach();
            group.create_task(crash_soon()).detach();
            co_await sleep(duration::zero());
            throw keyboard_interrupt();
        };
        bool bare = false;
        try {
            co_await with(task_group(), block);
        } catch (const keyboard_interrupt&) {
            bare = true;
        }
        CHECK(bare);
        CHECK(stopped == 1);
        CHECK(current_task().cancelling() == 0);
    });
}

// test_taskgroup_21
TEST_CASE("S112: another exception that is no std::exception comes in the group") {
    in_task([]() -> coro<> {
        std::size_t errors = 0;
        bool kept = false;
        try {
            co_await with(task_group(), [](task_group&) -> coro<> {
                co_await sleep(duration::zero());
                throw 42;
            });
        } catch (const exception_group& group) {
            errors = group.errors().size();
            try {
                std::rethrow_exception(group.errors()[0]);
            } catch (int n) {
                kept = n == 42;
            }
        }
        CHECK(errors == 1);
        CHECK(kept);
    });
}

// test_taskgroup_context_manager_exit_raises
TEST_CASE("S115: an error in the cleanup of the body while the group is stopped is collected too") {
    in_task([]() -> coro<> {
        std::vector<std::string> errors;
        auto block = [](task_group& group) -> coro<> {
            group.create_task(crash_soon()).detach();
            co_await hold_fragile();
        };
        auto outer = [&]() -> coro<> {
            try {
                co_await with(task_group(), block);
            } catch (const exception_group& group) {
                for (const std::exception_ptr& e : group.errors()) errors.push_back(text_of(e));
            }
            CHECK(current_task().cancelling() == 0);
            co_await sleep(seconds(0.1));  // no request is left behind
        };
        co_await create_task(outer);
        CHECK(errors == std::vector<std::string>{"crashed", "aexit"});
    });
}

TEST_CASE(
    "S115: an error in the cleanup of a sibling while the group is stopped is collected too") {
    in_task([]() -> coro<> {
        std::vector<std::string> errors;
        auto block = [](task_group& group) -> coro<> {
            group.create_task(hold_fragile()).detach();
            group.create_task(crash_soon()).detach();
            co_return;
        };
        try {
            co_await with(task_group(), block);
        } catch (const exception_group& group) {
            for (const std::exception_ptr& e : group.errors()) errors.push_back(text_of(e));
        }
        CHECK(errors == std::vector<std::string>{"crashed", "aexit"});
        CHECK(current_task().cancelling() == 0);
    });
}

// test_taskgroup_double_enter
TEST_CASE("S116: a group is entered once, also after its block has ended") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<std::string> {
            const auto again = co_await as_result(group.aenter());
            co_return text_of(again.error());
        };
        const std::string inside = co_await with(task_group(), block);
        CHECK(inside == "this task_group has been entered already");
        task_group group;
        co_await group.aenter();
        static_cast<void>(co_await group.aexit(nullptr));
        const auto after = co_await as_result(group.aenter());
        CHECK(text_of(after.error()) == "this task_group has been entered already");
    });
}

// test_taskgroup_23
TEST_CASE("S117: a task that has ended is forgotten while the block still runs") {
    in_task([]() -> coro<> {
        auto quick = [](std::shared_ptr<int> value) -> coro<std::shared_ptr<int>> {
            co_await sleep(seconds(1));
            co_return value;
        };
        auto block = [&](task_group& group) -> coro<> {
            const auto value = std::make_shared<int>(1);
            for (int i = 0; i < 10; ++i) group.create_task(quick(value)).detach();
            co_await sleep(seconds(0.5));
            CHECK(value.use_count() == 11);
            co_await sleep(seconds(1));
            CHECK(value.use_count() == 1);
        };
        co_await with(task_group(), block);
    });
}

TEST_CASE("S118: cancel() from another task stops the block, and after the end it does nothing") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        task_group* running = nullptr;
        auto block = [&](task_group& group) -> coro<> {
            running = &group;
            co_await sleep(seconds(100));
        };
        auto t = create_task([](auto b) -> coro<> { co_await with(task_group(), b); }, block);
        co_await sleep(seconds(1));
        running->cancel();
        co_await t;
        CHECK(watch.seconds() == 1);
        task_group ended;
        co_await ended.aenter();
        static_cast<void>(co_await ended.aexit(nullptr));
        ended.cancel();
        co_await sleep(seconds(1));
        CHECK(current_task().cancelling() == 0);
    });
}

TEST_CASE("S118: errors of tasks and of the body after cancel() are thrown") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<> {
            group.create_task(hold_fragile()).detach();
            co_await sleep(seconds(1));
            group.cancel();
            co_await hold_fragile();
        };
        std::vector<std::string> errors;
        try {
            co_await with(task_group(), block);
        } catch (const exception_group& group) {
            for (const std::exception_ptr& e : group.errors()) errors.push_back(text_of(e));
        }
        CHECK(errors == std::vector<std::string>{"aexit", "aexit"});
        CHECK(current_task().cancelling() == 0);
    });
}

// The end of a timeout takes the group's own request back, however the two are nested.
TEST_CASE(
    "S110: a timeout inside of a group that is stopped, and around it: only the first answers") {
    in_task([]() -> coro<> {
        auto inner = [](task_group& group) -> coro<> {
            group.create_task(crash_soon()).detach();
            auto body = []() -> coro<> { co_await sleep(seconds(100)); };
            co_await timeout(seconds(0.1), body);
        };
        auto body = [&]() -> coro<> { co_await with(task_group(), inner); };
        std::vector<std::string> errors;
        try {
            co_await timeout(seconds(5), body);
        } catch (const exception_group& group) {
            for (const std::exception_ptr& e : group.errors()) errors.push_back(text_of(e));
        }
        CHECK(errors.size() == 2);
        CHECK(current_task().cancelling() == 0);
    });
}

// SPDX-License-Identifier: MIT
// tests/parity/task_group_test.cpp: tasks that end before their block does.
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
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::task_group_parts;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<> fail_after(double s, const char* why) {
    co_await sleep(seconds(s));
    throw std::runtime_error(why);
}

}  // namespace

// test_taskgroup_02, _24, _25
TEST_CASE("S103: the block waits for every task, those made by tasks at the end included") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        int ended = 0;
        auto body = [&](task_group& group) -> coro<> {
            auto child = [](task_group& g, int& n) -> coro<> {
                co_await sleep(seconds(1));
                g.create_task(
                     [](int& m) -> coro<> {
                         co_await sleep(seconds(1));
                         ++m;
                     },
                     std::ref(n))
                    .detach();
                ++n;
            };
            group.create_task(child, std::ref(group), std::ref(ended)).detach();
            co_return;
        };
        co_await with(task_group(), body);
        CHECK(ended == 2);
        CHECK(watch.seconds() == 2);
    });
}

// test_taskgroup_04, test_cancel_children_on_child_error
TEST_CASE("S104, S108: an error cancels the siblings and the body, and leaves no request behind") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool after_body = false;
        auto body = [&](task_group& group) -> coro<> {
            group.create_task(fail_after(1, "boom")).detach();
            group.create_task(after(100, 1)).detach();
            co_await sleep(seconds(50));
            after_body = true;
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "[boom]");
        CHECK_FALSE(after_body);
        CHECK(watch.seconds() == 1);
        CHECK(current_task().cancelling() == 0);
        co_await yield();
    });
}

// test_taskgroup_09, _10, _19
TEST_CASE("S105: the body's error comes last in the group, after those of tasks") {
    in_task([]() -> coro<> {
        auto clumsy = []() -> coro<> {
            try {
                co_await sleep(seconds(10));
            } catch (const cancelled_error&) {
                throw std::runtime_error("child");
            }
        };
        auto body = [&](task_group& group) -> coro<> {
            group.create_task(clumsy).detach();
            co_await yield();
            throw std::runtime_error("body");
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "[child, body]");
    });
}

// test_taskgroup_03
TEST_CASE("S106: a task that is cancelled alone disturbs nobody") {
    in_task([]() -> coro<> {
        auto body = [](task_group& group) -> coro<> {
            const task<int> a = group.create_task(after(10, 1));
            const task<int> b = group.create_task(after(2, 1));
            co_await yield();
            a.cancel();
            co_await b;
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "value");
    });
}

// test_cancellation, test_taskgroup_07, _08
TEST_CASE("S107: a cancel from outside reaches the tasks, is waited for, and goes on") {
    in_task([]() -> coro<> {
        for (const bool while_waiting : {false, true}) {
            bool stopped = false;
            auto body = [&](task_group& group) -> coro<> {
                group
                    .create_task(
                        [](bool& flag) -> coro<> {
                            try {
                                co_await sleep(seconds(100));
                            } catch (const cancelled_error&) {
                            }
                            co_await sleep(seconds(1));
                            flag = true;
                        },
                        std::ref(stopped))
                    .detach();
                if (!while_waiting) co_await sleep(seconds(50));
            };
            const task<std::string> t =
                create_task([](auto b) -> coro<std::string> { return group_end(b); }, body);
            co_await sleep(seconds(1));
            t.cancel();
            const std::string end = co_await t;
            CHECK(end == "cancelled");
            CHECK(stopped);
        }
    });
}

// test_error_and_cancel
TEST_CASE("S109: an error and a cancel: the group is thrown, and the cancel at the next await") {
    in_task([]() -> coro<> {
        auto main = []() -> coro<std::string> {
            auto body = [](task_group& group) -> coro<> {
                group
                    .create_task([]() -> coro<> {
                        try {
                            co_await sleep(seconds(10));
                        } catch (const cancelled_error&) {
                            throw std::runtime_error("late");
                        }
                    })
                    .detach();
                co_return;
            };
            const std::string end = co_await group_end(body);
            CHECK(end == "[late]");
            CHECK(current_task().cancelling() == 1);
            co_await yield();
            co_return "not here";
        };
        const task<std::string> t = create_task(main);
        co_await yield();
        co_await yield();
        t.cancel();
        const result<std::string> end = co_await as_result(t);
        CHECK(end.cancelled());
    });
}

// test_nested_groups_both_cancelled
TEST_CASE("S110, S111: nested groups keep their errors apart and their nesting") {
    in_task([]() -> coro<> {
        auto body = [](task_group& outer) -> coro<> {
            outer.create_task(after(100, 1)).detach();
            auto inner = [](task_group& group) -> coro<> {
                group.create_task(fail_after(1, "deep")).detach();
                co_await sleep(seconds(10));
            };
            co_await with(task_group(), inner);
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "[[deep]]");
        CHECK(current_task().cancelling() == 0);
    });
}

// test_taskgroup_no_create_task_after_failure, _finished, _not_entered
TEST_CASE("S113: create_task is refused before entry, after an error, and after the end") {
    in_task([]() -> coro<> {
        task_group early;
        CHECK_THROWS_AS(early.create_task(after(1, 1)).detach(), usage_error);
        task_group* escaped = nullptr;
        int refused = 0;
        auto body = [&](task_group& group) -> coro<> {
            escaped = &group;
            group.create_task(fail_after(1, "x")).detach();
            try {
                co_await sleep(seconds(10));
            } catch (const cancelled_error&) {
                try {
                    group.create_task(after(1, 1)).detach();
                } catch (const usage_error&) {
                    ++refused;
                }
                throw;
            }
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "[x]");
        CHECK(refused == 1);
    });
}

// test_taskgroup_15, _16
TEST_CASE("S114: repeated cancels while waiting lose no task") {
    in_task([]() -> coro<> {
        bool ended = false;
        auto body = [&](task_group& group) -> coro<> {
            group
                .create_task(
                    [](bool& flag) -> coro<> {
                        for (int i = 0; i < 3; ++i) {
                            try {
                                co_await sleep(seconds(5));
                            } catch (const cancelled_error&) {
                            }
                        }
                        flag = true;
                    },
                    std::ref(ended))
                .detach();
            co_return;
        };
        const task<std::string> t =
            create_task([](auto b) -> coro<std::string> { return group_end(b); }, body);
        for (int i = 0; i < 4; ++i) {
            co_await sleep(seconds(1));
            t.cancel();
        }
        const std::string end = co_await t;
        CHECK(ended);
        CHECK(end == "cancelled");
    });
}

TEST_CASE("S118: cancel() ends the block without an error, from the body and from a task") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto from_body = [](task_group& group) -> coro<> {
            group.create_task(after(10, 1)).detach();
            co_await yield();
            group.cancel();
            group.cancel();
            co_await sleep(seconds(10));
        };
        const std::string a = co_await group_end(from_body);
        CHECK(a == "value");
        auto from_task = [](task_group& group) -> coro<> {
            group
                .create_task(
                    [](task_group& g) -> coro<> {
                        co_await sleep(seconds(1));
                        g.cancel();
                    },
                    std::ref(group))
                .detach();
            co_await sleep(seconds(10));
        };
        const std::string b = co_await group_end(from_task);
        CHECK(b == "value");
        CHECK(watch.seconds() == 1);
        CHECK(current_task().cancelling() == 0);
        co_await yield();
    });
}

// gh-155433
TEST_CASE("S119: D6 a cancel or timeout from outside after cancel() goes on") {
    in_task([]() -> coro<> {
        auto block = []() -> coro<> {
            auto body = [](task_group& group) -> coro<> {
                group
                    .create_task([]() -> coro<> {
                        try {
                            co_await sleep(seconds(100));
                        } catch (const cancelled_error&) {
                        }
                        co_await sleep(seconds(5));  // slow to stop
                    })
                    .detach();
                co_await yield();
                group.cancel();
            };
            co_await with(task_group(), body);
        };
        const result<> late =
            co_await as_result([](auto b) -> coro<> { co_await timeout(seconds(1), b); }(block));
        CHECK(text_of(late.error()) == "timed out");
        const task<> t = create_task(block);
        co_await sleep(seconds(1));
        t.cancel();
        const result<> end = co_await as_result(t);
        CHECK(end.cancelled());
    });
}

TEST_CASE("S120: D7 a task made after cancel() is returned cancelled and never starts") {
    in_task([]() -> coro<> {
        bool ran = false, cancelled = false;
        auto body = [&](task_group& group) -> coro<> {
            group.cancel();
            const task<> t = group.create_task(
                [](bool& flag) -> coro<> {
                    flag = true;
                    co_return;
                },
                std::ref(ran));
            t.add_done_callback([&cancelled, t] { cancelled = t.cancelled(); });
            co_return;
        };
        const std::string end = co_await group_end(body);
        CHECK(end == "value");
        CHECK_FALSE(ran);
        co_await yield();
        CHECK(cancelled);
    });
}

TEST_CASE("S118: a group that was cancelled before entry ends at its first await") {
    in_task([]() -> coro<> {
        task_group group;
        group.cancel();
        bool reached = false;
        auto body = [&](task_group&) -> coro<> {
            co_await yield();
            reached = true;
        };
        co_await with(std::move(group), body);
        CHECK_FALSE(reached);
        co_await yield();
    });
}

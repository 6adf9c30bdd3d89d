// SPDX-License-Identifier: MIT
// tests/core/task_status_test.cpp: tasks of a group that say when they have started.
//
// Retold from the tests of trio's nursery.start.
#include <doctest/doctest.h>

#include <functional>
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
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

namespace {

using words = std::vector<std::string>;

// Needs a second to start and two to work.
coro<std::string> serve(task_status<int>& status, words& said, int port) {
    co_await sleep(seconds(1));
    status.started(port + 1);
    co_await sleep(seconds(2));
    said.emplace_back("served");
    co_return "unused";
}

coro<> silent(task_status<>&) {
    co_await sleep(seconds(1));
}

coro<> fails_before(task_status<>&) {
    co_await sleep(seconds(1));
    throw std::runtime_error("no port");
}

coro<> fails_after(task_status<>& status) {
    status.started();
    co_await sleep(seconds(1));
    throw std::runtime_error("broken");
}

// Takes a second to stop.
coro<> slow_start(task_status<int>& status, words& said) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
        said.emplace_back("stopping");
    }
    co_await sleep(seconds(1));
    said.emplace_back("stopped");
    if (said.size() == 2) throw cancelled_error();
    status.started(1);
}

// Starts although it is asked to stop, and works on for a second.
coro<> stubborn_start(task_status<int>& status, words& said) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
        status.started(5);
    }
    co_await sleep(seconds(1));
    said.emplace_back("worked on");
}

// Runs a block in a group, and says how it ended.
template <class Block>
coro<std::string> end_of_group(Block block) {
    const auto end = co_await as_result(with(task_group(), block));
    co_return text_of(end.error());
}

}  // namespace

TEST_CASE("start waits for started() and gives its value; the group waits for the task") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        auto block = [&](task_group& group) -> coro<> {
            const int port = co_await group.start(serve, std::ref(said), 80);
            CHECK(port == 81);
            CHECK(watch.seconds() == 1);
            CHECK(said.empty());
        };
        co_await with(task_group(), block);
        CHECK(said == words{"served"});
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("an error before started() goes to the caller of start, and leaves the group alone") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<> {
            const auto end = co_await as_result(group.start(fails_before));
            CHECK(text_of(end.error()) == "no port");
            co_await sleep(seconds(1));
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "none");
    });
}

TEST_CASE("an error after started() is the group's") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<> {
            co_await group.start(fails_after);
            co_await sleep(seconds(100));
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "unhandled errors in a task_group (1 error: broken)");
    });
}

TEST_CASE("a task that ends without started() is an error of start") {
    in_task([]() -> coro<> {
        auto block = [](task_group& group) -> coro<> {
            const auto end = co_await as_result(group.start(silent));
            CHECK(text_of(end.error()) == "the task ended without calling started()");
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "none");
    });
}

TEST_CASE("a second started() is an error, in the task") {
    in_task([]() -> coro<> {
        auto twice = [](task_status<int>& status) -> coro<> {
            status.started(1);
            status.started(2);
            co_return;
        };
        auto block = [&](task_group& group) -> coro<> {
            const int n = co_await group.start(twice);
            CHECK(n == 1);
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end.find("called twice") != std::string::npos);
    });
}

TEST_CASE("a cancelled caller of start cancels the task and waits for its end") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        auto block = [&](task_group& group) -> coro<> {
            auto starting = [&]() -> coro<int> {
                co_return co_await group.start(slow_start, std::ref(said));
            };
            const auto end = co_await as_result(timeout(seconds(2), starting));
            CHECK(text_of(end.error()) == "timed out");
            CHECK(watch.seconds() == 3);
            CHECK(said == words{"stopping", "stopped"});
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "none");
    });
}

TEST_CASE("a task that starts although its caller was cancelled stays with the caller") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        auto block = [&](task_group& group) -> coro<> {
            const auto end = co_await as_result(
                wait_for(group.start(stubborn_start, std::ref(said)), seconds(2)));
            CHECK(text_of(end.error()) == "none");
            CHECK(watch.seconds() == 3);
            CHECK(said == words{"worked on"});
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "none");
    });
}

TEST_CASE("a caller that is cancelled before start begins starts nothing") {
    in_task([]() -> coro<> {
        words said;
        auto block = [&](task_group& group) -> coro<> {
            current_task().cancel("early");
            static_cast<void>(co_await group.start(serve, std::ref(said), 80));
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "[cancelled: early]");
        CHECK(said.empty());
    });
}

TEST_CASE("the group's block waits for a start that somebody else is in") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        auto block = [&](task_group& group) -> coro<task<>> {
            auto other = [](task_group& g, words& w) -> coro<> {
                static_cast<void>(co_await g.start(serve, std::ref(w), 80));
                w.emplace_back("started");
            };
            auto t = create_task(other, std::ref(group), std::ref(said));
            co_await sleep(seconds(0.5));
            co_return t;
        };
        const auto other = co_await with(task_group(), block);
        CHECK(said == words{"started", "served"});
        CHECK(watch.seconds() == 3);
        co_await other;
    });
}

TEST_CASE("a group that ends while somebody else is in start stops the task once it has started") {
    in_task([]() -> coro<> {
        words said;
        auto block = [&](task_group& group) -> coro<> {
            auto other = [](task_group& g, words& w) -> coro<> {
                static_cast<void>(co_await g.start(serve, std::ref(w), 80));
            };
            create_task(other, std::ref(group), std::ref(said)).detach();
            co_await sleep(seconds(0.5));
            throw std::runtime_error("body");
        };
        const stopwatch watch;
        const std::string end = co_await end_of_group(block);
        CHECK(end == "unhandled errors in a task_group (1 error: body)");
        CHECK(watch.seconds() == 1);
        CHECK(said.empty());
    });
}

TEST_CASE("start is refused where create_task is") {
    in_task([]() -> coro<> {
        task_group early;
        const auto end = co_await as_result(early.start(silent));
        CHECK(text_of(end.error()) == "start on a task_group that has not been entered");
        coro<> late = early.start(silent);
        auto block = [&](task_group& group) -> coro<> {
            late = group.start(silent);
            co_return;
        };
        co_await with(task_group(), block);
        const auto refused = co_await as_result(std::move(late));
        CHECK(text_of(refused.error()) == "start on a task_group that is finished");
    });
}

TEST_CASE(
    "a value that cannot be copied comes through start, and arguments live as long as the task") {
    in_task([]() -> coro<> {
        const auto kept = std::make_shared<int>(3);
        auto child = [](task_status<std::unique_ptr<int>>& status,
                        std::shared_ptr<int> own) -> coro<> {
            status.started(std::make_unique<int>(*own + 1));
            co_await sleep(seconds(1));
        };
        auto block = [&](task_group& group) -> coro<> {
            const auto value = co_await group.start(child, kept);
            CHECK(*value == 4);
            CHECK(kept.use_count() == 2);
        };
        co_await with(task_group(), block);
        CHECK(kept.use_count() == 1);
    });
}

TEST_CASE("where tasks start eagerly, a task that starts at once makes start take no turn") {
    in_task([]() -> coro<> {
        event_loop::running().set_task_factory(eager_task_factory);
        auto quick = [](task_status<int>& status) -> coro<> {
            status.started(1);
            co_await sleep(seconds(1));
            throw std::runtime_error("the group's");
        };
        auto block = [&](task_group& group) -> coro<> {
            const nurt_test::loop_probe probe;
            const int n = co_await group.start(quick);
            CHECK(n == 1);
            CHECK(probe.turns() == 0);
            const auto end = co_await as_result(group.start(fails_before));
            CHECK(text_of(end.error()) == "no port");
        };
        const std::string end = co_await end_of_group(block);
        CHECK(end == "unhandled errors in a task_group (1 error: the group's)");
    });
}

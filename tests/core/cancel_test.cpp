// SPDX-License-Identifier: MIT
// tests/core/cancel_test.cpp: cancellation, row by row.
//
// The numbers count asyncio's rules as nurt keeps them, D3, D4 and D13 are deliberate differences; the
// CPython tests that are retold stand beside them.
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/parts/cancel.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;

using namespace nurt_test::cancel_parts;

TEST_CASE("the message of a handle arrives although a request without one came later") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(sleeper());
        co_await yield();
        t.cancel("because");
        t.cancel();
        CHECK(co_await end_of(t) == "cancelled: because");
    });
}

TEST_CASE("a cancel reaches the children of a gather that is awaited") {
    in_task([]() -> coro<> {
        const task<int> a = create_task(sleeper());
        const task<int> b = create_task(sleeper());
        auto all = [](task<int> x, task<int> y) -> coro<> { co_await gather(x, y); };
        const task<> t = create_task(all, a, b);
        co_await yield();
        t.cancel();
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled");
        CHECK(a.cancelled());
        CHECK(b.cancelled());
    });
}

TEST_CASE("a sleep ends at once when it is cancelled, and its timer is gone") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(sleeper());
        co_await yield();
        const stopwatch watch;
        t.cancel();
        CHECK(event_loop::running().timers().empty());
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled");
        CHECK(watch.seconds() == 0);
    });
}

// test_tasks test_cancel_yield
TEST_CASE("a yield is cancellable until it runs") {
    in_task([]() -> coro<> {
        bool passed = false;
        auto body = [&]() -> coro<> {
            co_await yield();
            passed = true;
        };
        const task<> t = create_task(body);
        co_await yield();
        t.cancel();
        const std::string end = co_await end_of(t);
        CHECK(end == "cancelled");
        CHECK_FALSE(passed);
    });
}

TEST_CASE("D3 a timer that fired before the cancel has fired") {
    in_task([]() -> coro<> {
        bool slept = false;
        auto body = [&]() -> coro<> {
            co_await sleep(milliseconds(10));
            slept = true;
        };
        const task<> t = create_task(body);
        co_await yield();
        event_loop::running().call_later(milliseconds(10), [t] { t.cancel(); });
        const std::string end = co_await end_of(t);
        CHECK(end == "value");
        CHECK(slept);
    });
}

TEST_CASE(
    "a task that swallows a cancel keeps its awaiter's request for the awaiter's next await") {
    in_task([]() -> coro<> {
        std::string log;
        auto stubborn = []() -> coro<int> {
            try {
                co_await sleeper();
            } catch (const cancelled_error&) {
            }
            co_return 9;
        };
        const task<int> inner = create_task(stubborn);
        auto outer = [&]() -> coro<> {
            const int n = co_await inner;
            log += std::to_string(n);
            co_await yield();
            log += "not here";
        };
        const task<> t = create_task(outer);
        co_await yield();
        co_await yield();
        t.cancel();
        const std::string end = co_await end_of(t);
        CHECK(log == "9");
        CHECK(end == "cancelled");
    });
}

TEST_CASE("a task that was cancelled alone passes that to its awaiter, which may go on") {
    in_task([]() -> coro<> {
        const task<int> inner = create_task(sleeper());
        auto outer = [](task<int> t) -> coro<std::string> {
            std::string end = co_await end_of(t);
            co_await yield();
            co_return end + ", and on";
        };
        const task<std::string> t = create_task(outer, inner);
        co_await yield();
        co_await yield();
        inner.cancel("alone");
        const std::string end = co_await t;
        CHECK(end == "cancelled: alone, and on");
    });
}

// Nobody in the circle will ever end; what matters is that asking them does, and that the end names
// them. They are leaked on purpose, so a child process does it.
TEST_CASE("tasks that wait for each other in a circle can be asked, and are named at the end") {
    const pid_t child = ::fork();
    if (child == 0) {
        nurt_test::world w(0, {.shutdown_grace = seconds(1), .handle_interrupt = false});
        std::vector<task<>> both;
        w.run([&]() -> coro<> {
            auto wait = [](std::vector<task<>>& all, std::size_t i) -> coro<> { co_await all[i]; };
            both.push_back(create_task(wait, std::ref(both), 1U));
            both.push_back(create_task(wait, std::ref(both), 0U));
            co_await yield();
            co_await yield();
            both[0].cancel();
            co_await yield();
        });
        try {
            w.runner.close();
        } catch (const shutdown_error& e) {
            const std::string_view what = e.what();
            ::_exit(what.find("Task-2 (") != what.npos && what.find("Task-3 (") != what.npos ? 0
                                                                                             : 1);
        }
        ::_exit(2);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
}

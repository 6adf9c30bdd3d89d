// SPDX-License-Identifier: MIT
// tests/core/task_test.cpp: coroutines that run beside you.
//
// The numbers count asyncio's rules as nurt keeps them; the CPython tests that are retold stand beside
// them (test_x is Lib/test/test_asyncio/test_x.py).
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/parts/task.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::create_task;
using nurt::duration;
using nurt::task;
using nurt_test::in_task;
using nurt_test::world;

using namespace nurt_test::task_parts;

namespace {

coro<std::string> text_later(std::string s) {
    co_await yield();
    co_return s;
}

coro<std::unique_ptr<int>> box(int n) {
    co_await yield();
    co_return std::make_unique<int>(n);
}

coro<int> fail() {
    co_await yield();
    throw std::runtime_error("boom");
}

}  // namespace

TEST_CASE("tasks run beside each other, each in its turn") {
    std::string log;
    in_task([&]() -> coro<> {
        const task<> a = create_task(append(log, 'a', 3));
        const task<> b = create_task(append(log, 'b', 1));
        const task<> c = create_task(append(log, 'c', 2));
        co_await a;
        co_await b;
        co_await c;
    });
    CHECK(log == "bca");
}

TEST_CASE("a task of a function keeps its arguments, and its captures, as long as it runs") {
    int alive = 0;
    in_task([&]() -> coro<> {
        auto work = [kept = counted(alive)](const counted& argument, std::string s) -> coro<int> {
            co_await yield();
            co_await yield();
            co_return *kept.alive_ + *argument.alive_ + static_cast<int>(s.size());
        };
        task<int> t = create_task(work, counted(alive), "abc");
        const int n = co_await t;
        CHECK(n >= 2 * 2 + 3);
    });
    CHECK(alive == 0);
}

TEST_CASE("a task lets go of its function and its arguments when it ends, whoever has a handle") {
    in_task([]() -> coro<> {
        int alive = 0;
        auto work = [kept = counted(alive)](counted) -> coro<> { co_await yield(); };
        const task<> t = create_task(std::move(work), counted(alive));
        co_await t;
        CHECK(alive == 1);  // what was moved from
    });
}

TEST_CASE("a task of a function may share through std::ref") {
    int n = 0;
    in_task([&]() -> coro<> {
        auto add = [](int& where, int by) -> coro<> {
            co_await yield();
            where += by;
        };
        const task<> t = create_task(add, std::ref(n), 5);
        co_await t;
    });
    CHECK(n == 5);
}

TEST_CASE(
    "a lambda with captures that was called already is refused, with the place and the remedy") {
    in_task([]() -> coro<> {
        int n = 1;
        auto closure = [n]() -> coro<int> { co_return n; };
        std::string what;
        const unsigned line = __LINE__ + 2;
        try {
            create_task(closure()).detach();
        } catch (const nurt::usage_error& e) {
            what = e.what();
        }
        CHECK(what.find("task_test.cpp:" + std::to_string(line) + ":") != std::string::npos);
        CHECK(what.find("create_task(lambda, args...)") != std::string::npos);
        // without captures there is nothing to lose
        const task<int> fine = create_task([]() -> coro<int> { co_return 3; }());
        const int three = co_await fine;
        CHECK(three == 3);
        co_await yield();
    });
}

TEST_CASE(
    "without a running loop there are no tasks, and the coroutine's arguments are destroyed") {
    int alive = 0;
    auto work = [](counted) -> coro<> { co_return; };
    CHECK_THROWS_AS(create_task(work(counted(alive))).detach(), nurt::usage_error);
    CHECK_THROWS_AS(create_task(work, counted(alive)).detach(), nurt::usage_error);
    CHECK(alive == 0);
}

TEST_CASE("a task knows where it was created") {
    in_task([]() -> coro<> {
        const unsigned line = __LINE__ + 1;
        const task<int> t = create_task(number(1));
        CHECK(t.place().line() == line);
        CHECK(std::string(t.place().file_name()).ends_with("task_test.cpp"));
        co_await t;
    });
}

TEST_CASE("before its end a task has neither result nor exception") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(number(4));
        CHECK_FALSE(t.done());
        CHECK_THROWS_AS(t.result(), nurt::invalid_state_error);
        CHECK_THROWS_AS(t.exception(), nurt::invalid_state_error);
        co_await t;
        CHECK(t.done());
        CHECK_FALSE(t.cancelled());
        CHECK(t.result() == 4);
        CHECK(t.exception() == nullptr);
    });
}

TEST_CASE("a task that failed gives its error to everybody who asks") {
    in_task([]() -> coro<> {
        const task<int> t = create_task(fail());
        int caught = 0;
        for (int i = 0; i < 2; ++i) {
            try {
                co_await t;
            } catch (const std::runtime_error&) {
                ++caught;
            }
        }
        CHECK(caught == 2);
        CHECK(nurt_test::text_of(t.exception()) == "boom");
        CHECK_THROWS_WITH(t.result(), "boom");
        CHECK_FALSE(t.cancelled());
    });
}

TEST_CASE("awaiting an lvalue gives a reference, as often as you like, in any number of tasks") {
    in_task([]() -> coro<> {
        const task<std::string> t = create_task(text_later("shared"));
        auto ask = [](task<std::string> other) -> coro<const std::string*> {
            const std::string& s = co_await other;
            co_return &s;
        };
        const task<const std::string*> a = create_task(ask, t);
        const task<const std::string*> b = create_task(ask, t);
        const std::string& mine = co_await t;
        const std::string* const first = co_await a;
        const std::string* const second = co_await b;
        CHECK(mine == "shared");
        CHECK(first == &mine);
        CHECK(second == &mine);
    });
}

TEST_CASE("awaiting an rvalue moves the value out; the others get invalid_state_error") {
    in_task([]() -> coro<> {
        task<std::unique_ptr<int>> t = create_task(box(8));
        const task<std::unique_ptr<int>> other = t;
        const std::unique_ptr<int> p = co_await std::move(t);
        CHECK(*p == 8);
        int caught = 0;
        try {
            co_await other;
        } catch (const nurt::invalid_state_error&) {
            ++caught;
        }
        CHECK(caught == 1);
        CHECK_THROWS_AS(other.result(), nurt::invalid_state_error);
        const std::unique_ptr<int> q = co_await create_task(box(9));
        CHECK(*q == 9);
    });
}

TEST_CASE("handles compare by identity") {
    in_task([]() -> coro<> {
        const task<int> a = create_task(number(1));
        const task<int> b = create_task(number(1));
        task<int> c = a;
        CHECK(a == c);
        CHECK_FALSE(a == b);
        c = b;
        CHECK(c == b);
        co_await nurt::gather(a, b);
    });
}

// test_tasks: the loop of nurt owns its tasks (D2), bpo-83072
TEST_CASE("a task whose handle is dropped runs to its end") {
    std::string log;
    in_task([&]() -> coro<> {
        create_task(append(log, 'd', 3)).detach();
        for (int i = 0; i < 5; ++i) co_await yield();
    });
    CHECK(log == "d");
}

TEST_CASE("D11 the error of a detached task is reported at once, with name and place, once") {
    world w;
    w.run([]() -> coro<> {
        create_task(fail(), "doomed").detach();
        for (int i = 0; i < 3; ++i) co_await yield();
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "task exception was never retrieved");
    CHECK(w.reports[0].error == "boom");
    CHECK(w.reports[0].task == "doomed");
    CHECK(w.reports[0].place.find("task_test.cpp:") != std::string::npos);
}

TEST_CASE("D11 an error that nobody retrieved is reported when the last handle goes, not before") {
    world w;
    w.run([&]() -> coro<> {
        {
            const task<int> t = create_task(fail());
            for (int i = 0; i < 4; ++i) co_await yield();
            CHECK(t.done());
            CHECK(w.reports.empty());
        }
        CHECK(w.reports.size() == 1);
    });
    CHECK(w.reports.size() == 1);
}

TEST_CASE("a retrieved error is not reported, nor is a cancellation") {
    in_task([]() -> coro<> {
        {
            const task<int> t = create_task(fail());
            for (int i = 0; i < 4; ++i) co_await yield();
            CHECK(t.exception() != nullptr);
        }
        create_task(nurt::event_loop::running().is_running() ? number(1) : number(2)).detach();
        const task<int> gone = create_task(number(1));
        gone.cancel();
        co_await yield();
        CHECK(gone.cancelled());
    });
}

TEST_CASE("done callbacks of the main task run before the loop ends") {
    std::string log;
    in_task([&]() -> coro<> {
        nurt::event_loop::running().call_soon([&] { log += 's'; });
        co_return;
    });
    CHECK(log == "s");
}

TEST_CASE("a done callback may look at a cancelled task without ending the loop") {
    world w;
    w.run([]() -> coro<> {
        const task<int> t = create_task(number(1));
        t.add_done_callback([t] { static_cast<void>(t.result()); });
        t.cancel();
        co_await yield();
        co_await yield();
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "exception in callback");
}

TEST_CASE("the handle may be dropped by whoever waits for the task to end") {
    in_task([]() -> coro<> {
        auto slot = std::make_shared<std::optional<task<std::string>>>();
        *slot = create_task(text_later("kept"));
        slot->value().add_done_callback([slot] { slot->reset(); });
        const std::string s = co_await slot->value();
        CHECK(s == "kept");
    });
}

TEST_CASE("a million tasks come and go") {
    const long sum = in_task([]() -> coro<long> {
        long total = 0;
        for (int round = 0; round < 100; ++round) {
            std::vector<task<int>> tasks;
            for (int i = 0; i < 10'000; ++i) tasks.push_back(create_task(number(1)));
            for (const task<int>& t : tasks) total += co_await t;
        }
        co_return total;
    });
    CHECK(sum == 1'000'000);
}

TEST_CASE("a hundred thousand tasks wait at the same time") {
    in_task([]() -> coro<> {
        auto wait = []() -> coro<> { co_await nurt::sleep(nurt::seconds(1)); };
        std::vector<task<>> tasks;
        for (int i = 0; i < 100'000; ++i) tasks.push_back(create_task(wait));
        for (const task<>& t : tasks) co_await t;
    });
}

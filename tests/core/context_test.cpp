// SPDX-License-Identifier: MIT
// tests/core/context_test.cpp: variables that follow the logical flow.
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
using nurt::copy_context;
using nurt::coro;
using nurt_test::in_task;
using nurt_test::world;

using namespace nurt_test::context_parts;

namespace {

template <class Fn>
std::string usage_message(Fn fn) {
    try {
        fn();
    } catch (const nurt::usage_error& e) {
        return e.what();
    }
    return "nothing";
}

}  // namespace

TEST_CASE("a variable without a value gives its default, or lookup_error") {
    CHECK(number.get() == 0);
    CHECK(number.get(5) == 5);
    CHECK_THROWS_AS(static_cast<void>(word.get()), nurt::lookup_error);
    CHECK(word.get("other") == "other");
}

TEST_CASE("a token leads back to what was before, once") {
    context().run([] {
        auto first = number.set(1);
        auto second = number.set(2);
        number.reset(second);
        CHECK(number.get() == 1);
        number.reset(first);
        CHECK(number.get() == 0);
        CHECK(usage_message([&] { number.reset(first); }) ==
              "cannot reset context variable number: the token has already been used once");
    });
}

TEST_CASE("a token of another context or variable is refused") {
    const context_var<int> other("other", 0);
    const context mine;
    auto token = mine.run([] { return number.set(1); });
    CHECK(usage_message([&] { number.reset(token); }) ==
          "cannot reset context variable number: the token was created in a different context");
    mine.run([&] {
        CHECK(usage_message([&] { other.reset(token); }) ==
              "cannot reset context variable other: the token was created by a different variable");
    });
}

TEST_CASE("what runs in a context changes only that") {
    const context mine;
    mine.run([] { number.set(7); });
    CHECK(number.get() == 0);
    CHECK(mine.get(number) == 7);
    CHECK(mine.size() == 1);
    CHECK(!mine.contains(word));
    CHECK_THROWS_AS(static_cast<void>(mine.get(word)), nurt::lookup_error);
    const context copy = mine.run([] { return copy_context(); });
    CHECK(copy != mine);
    CHECK(copy.get(number) == 7);
}

TEST_CASE("a context cannot be entered while something runs in it") {
    const context mine;
    mine.run([&] {
        CHECK(usage_message([&] { mine.run([] {}); }) ==
              "cannot enter a context: something runs in it already");
    });
    CHECK(usage_message([&] { mine.run([] {}); }) == "nothing");
}

TEST_CASE("the tasks of gather and of a group inherit as well") {
    in_task([]() -> coro<> {
        number.set(4);
        auto reads = []() -> coro<int> { co_return number.get(); };
        const auto [a, b] = co_await nurt::gather(reads(), reads());
        CHECK(a + b == 8);
        int inside = 0;
        co_await nurt::with(nurt::task_group(), [&](nurt::task_group& group) -> coro<> {
            inside = co_await group.create_task(reads());
        });
        CHECK(inside == 4);
    });
}

TEST_CASE("a coroutine that is awaited shares the context of its awaiter") {
    in_task([]() -> coro<> {
        const int set = co_await set_and_read(5);
        CHECK(set == 5);
        CHECK(number.get() == 5);
    });
}

TEST_CASE("what a callback sets without a context does not leak into the next") {
    int seen = -1;
    in_task([&]() -> coro<> {
        nurt::event_loop& loop = nurt::event_loop::running();
        loop.call_soon([] { number.set(9); });
        loop.call_soon([&] { seen = number.get(); });
        co_await nurt::sleep(nurt::seconds(1));
    });
    CHECK(seen == 0);
}

TEST_CASE("main sees what plain code has set, and not the other way round") {
    context().run([] {
        number.set(3);
        world w;
        CHECK(w.run([]() -> coro<int> { co_return number.get(); }) == 3);
        w.run([]() -> coro<> {
            number.set(4);
            auto reads = []() -> coro<int> { co_return number.get(); };
            const int child = co_await nurt::create_task(reads());
            CHECK(child == 4);
        });
        CHECK(number.get() == 3);
    });
}

TEST_CASE("the exception handler of a task without variables sees none, whoever runs") {
    world w;
    int seen = -1;
    w.runner.loop().set_exception_handler([&](const nurt::error_context&) { seen = number.get(); });
    w.run([]() -> coro<> {
        auto fails = []() -> coro<> {
            throw nurt::error("boom");
            co_return;
        };
        {
            const auto failed = nurt::create_task(fails());
            co_await yield();
            co_await yield();
            number.set(1);
        }  // the last handle goes: reported in the middle of this task's step
        CHECK(number.get() == 1);
    });
    CHECK(seen == 0);
}

TEST_CASE("what is set outside of tasks and callbacks goes with the run") {
    world w;
    w.runner.loop().set_exception_handler([](const nurt::error_context&) { number.set(5); });
    auto fails = []() -> coro<> {
        throw nurt::error("boom");
        co_return;
    };
    w.run([&]() -> coro<> {
        nurt::create_task(fails()).detach();
        co_await nurt::sleep(nurt::seconds(1));
    });
    CHECK(number.get() == 0);
}

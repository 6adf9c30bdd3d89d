// SPDX-License-Identifier: MIT
// tests/core/on_exit_test.cpp: cleanups that are registered.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/on_exit.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/stack.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;

namespace {

using words = std::vector<std::string>;

// Says goodbye when it is destroyed.
struct local {
    words& said;
    ~local() { said.emplace_back("local"); }
};

coro<> say(words& said, std::string word) {
    said.push_back(std::move(word));
    co_return;
}

coro<> say_later(words& said, std::string word) {
    co_await sleep(seconds(1));
    said.push_back(std::move(word));
}

coro<> fail(std::string word) {
    co_await sleep(duration::zero());
    throw std::runtime_error(word);
}

coro<std::string> with_two(words& said) {
    const local at_end{said};
    co_await on_exit(say, std::ref(said), "first");
    co_await on_exit(say_later, std::ref(said), "second");
    said.emplace_back("body");
    co_return "value";
}

coro<int> failing(words& said) {
    const local at_end{said};
    co_await on_exit(say_later, std::ref(said), "cleanup");
    throw std::runtime_error("body");
}

coro<> sleeper(words& said) {
    const local at_end{said};
    co_await on_exit(say_later, std::ref(said), "cleanup");
    co_await sleep(seconds(100));
}

// Gives itself one second.
coro<> hurried(words& said) {
    const auto end = co_await as_result(wait_for(say_later(said, "too late"), seconds(0.5)));
    co_await sleep(seconds(0.5));
    said.push_back(text_of(end.error()));
}

// A value that counts how many of it there are.
std::shared_ptr<int> counted() {
    return std::make_shared<int>(7);
}

coro<std::shared_ptr<int>> value_then_error(std::shared_ptr<int> value, std::string error) {
    co_await on_exit(fail, std::move(error));
    co_return value;
}

}  // namespace

TEST_CASE("on_exit runs after the locals and before the awaiter goes on, the last one first") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        const std::string value = co_await with_two(said);
        said.push_back(value);
        CHECK(said == words{"body", "local", "second", "first", "value"});
        CHECK(watch.seconds() == 1);
    });
}

TEST_CASE("on_exit in a coroutine that never waits takes no turn") {
    in_task([]() -> coro<> {
        words said;
        auto f = [](words& w) -> coro<int> {
            co_await on_exit([](words& out) { out.emplace_back("plain function"); }, std::ref(w));
            co_return 3;
        };
        const nurt_test::loop_probe probe;
        const int n = co_await f(said);
        CHECK(n == 3);
        CHECK(probe.turns() == 0);
        CHECK(said == words{"plain function"});
    });
}

TEST_CASE("on_exit runs when the coroutine fails, and the error goes on") {
    in_task([]() -> coro<> {
        words said;
        const auto end = co_await as_result(failing(said));
        CHECK(text_of(end.error()) == "body");
        CHECK(said == words{"local", "cleanup"});
    });
}

TEST_CASE("on_exit runs when the task is cancelled, which stays cancelled") {
    in_task([]() -> coro<> {
        words said;
        const stopwatch watch;
        auto t = create_task(sleeper(said));
        co_await sleep(seconds(2));
        t.cancel("enough");
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(t.cancelled());
        CHECK(text_of(end.error()) == "[cancelled: enough]");
        CHECK(said == words{"local", "cleanup"});
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("a second cancel does not tear a cleanup of on_exit apart") {
    in_task([]() -> coro<> {
        words said;
        auto t = create_task(sleeper(said));
        co_await sleep(seconds(1));
        t.cancel();
        co_await sleep(milliseconds(500));
        t.cancel();
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(said == words{"local", "cleanup"});
    });
}

TEST_CASE("a cleanup of on_exit is given no more than the grace") {
    in_task([]() -> coro<> {
        auto endless = []() -> coro<> { co_await sleep(seconds(1000)); };
        auto f = [](auto cleanup) -> coro<int> {
            co_await on_exit(cleanup);
            co_return 1;
        };
        const stopwatch watch;
        auto t = create_task(f, endless);
        co_await sleep(seconds(1));
        t.cancel();
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(watch.seconds() == 5);
    });
}

TEST_CASE("an error of a cleanup replaces a value, which is destroyed") {
    in_task([]() -> coro<> {
        const auto value = counted();
        const auto end = co_await as_result(value_then_error(value, "cleanup"));
        CHECK(text_of(end.error()) == "cleanup");
        CHECK(value.use_count() == 1);
        auto t = create_task(value_then_error(value, "in a task"));
        const auto ended = co_await as_result(t);
        CHECK(text_of(ended.error()) == "in a task");
        CHECK(value.use_count() == 1);
    });
}

TEST_CASE("an error of a cleanup replaces an error, and the other cleanups run all the same") {
    in_task([]() -> coro<> {
        words said;
        auto f = [](words& w) -> coro<int> {
            co_await on_exit(say, std::ref(w), "outer");
            co_await on_exit(fail, "second");
            co_await on_exit(fail, "first");
            throw std::runtime_error("body");
        };
        const auto end = co_await as_result(f(said));
        CHECK(text_of(end.error()) == "second");
        CHECK(said == words{"outer"});
    });
}

TEST_CASE("on_exit at each depth: the inner coroutine's cleanup runs before the outer goes on") {
    in_task([]() -> coro<> {
        words said;
        auto inner = [](words& w) -> coro<> {
            co_await on_exit(say_later, std::ref(w), "inner cleanup");
            w.emplace_back("inner");
        };
        auto outer = [](words& w, auto in) -> coro<> {
            co_await on_exit(say, std::ref(w), "outer cleanup");
            co_await in(w);
            w.emplace_back("outer");
        };
        co_await gather(outer(said, inner));
        CHECK(said == words{"inner", "inner cleanup", "outer", "outer cleanup"});
    });
}

TEST_CASE("a timeout around the coroutine waits for its cleanup, and a cleanup may have its own") {
    in_task([]() -> coro<> {
        words said;
        auto body = [](words& w) -> coro<> {
            co_await on_exit(say_later, std::ref(w), "cleanup");
            co_await on_exit(hurried, std::ref(w));
            co_await sleep(seconds(100));
        };
        const stopwatch watch;
        const auto end = co_await as_result(timeout(seconds(2), [&] { return body(said); }));
        CHECK(text_of(end.error()) == "timed out");
        CHECK(said == words{"timed out", "cleanup"});
        CHECK(watch.seconds() == 4);
    });
}

TEST_CASE("a registration that is not awaited, and a coroutine that never starts, run nothing") {
    in_task([]() -> coro<> {
        const auto value = counted();
        words said;
        {
            auto dropped = on_exit([](std::shared_ptr<int>) {}, value);
            CHECK(value.use_count() == 2);
            auto unstarted = with_two(said);
        }
        CHECK(value.use_count() == 1);
        auto t = create_task(with_two(said));
        t.cancel();
        const auto end = co_await as_result(t);
        CHECK(end.cancelled());
        CHECK(said.empty());
    });
}

TEST_CASE("a registration is awaited once") {
    in_task([]() -> coro<> {
        auto f = []() -> coro<> {
            auto twice = on_exit([] {});
            co_await twice;
            co_await twice;
        };
        auto end = co_await as_result(f());
        CHECK_THROWS_AS(end.value(), usage_error);
    });
}

TEST_CASE("the awaits of a task show a cleanup while it runs, by the line of its on_exit") {
    in_task([]() -> coro<> {
        words said;
        unsigned line = 0;
        auto f = [](words& w, unsigned& here) -> coro<> {
            here = __LINE__ + 1;
            co_await on_exit(say_later, std::ref(w), "cleanup");
            co_await sleep(seconds(1));
        };
        auto outer = [](words& w, unsigned& here, auto inner) -> coro<> {
            co_await inner(w, here);
        };
        auto t = create_task(outer, std::ref(said), std::ref(line), f);
        co_await sleep(milliseconds(500));
        auto stack = get_stack(t);
        REQUIRE(stack.size() == 2);
        CHECK(stack[0].line() == line + 1);
        co_await sleep(seconds(1));
        stack = get_stack(t);
        REQUIRE(stack.size() == 3);  // the sleep in say_later, the on_exit, and the outer await
        CHECK(stack[1].line() == line);
        co_await t;
    });
}

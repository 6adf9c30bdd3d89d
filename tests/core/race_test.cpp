// SPDX-License-Identifier: MIT
// tests/core/race_test.cpp: the first one counts, and the others are gone when it is over.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/race.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;
using nurt_test::stopwatch;
using nurt_test::text_of;
using nurt_test::world;

namespace {

coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

coro<std::string> text_after(double s) {
    co_await sleep(seconds(s));
    co_return "text";
}

coro<> pause(double s) {
    co_await sleep(seconds(s));
}

coro<int> fails_after(double s) {
    co_await sleep(seconds(s));
    throw std::runtime_error("no");
}

// Cleans up for a second when it is cancelled.
coro<int> slow_to_stop(bool& stopped) {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
    }
    co_await sleep(seconds(1));
    stopped = true;
    co_return 0;
}

coro<int> fails_when_cancelled() {
    try {
        co_await sleep(seconds(100));
    } catch (const cancelled_error&) {
    }
    throw std::runtime_error("while stopping");
}

coro<int> race_of_two(bool& stopped) {
    const auto first = co_await race(after(5, 1), slow_to_stop(stopped));
    co_return first.value;
}

}  // namespace

TEST_CASE("the first of a race gives its value and its place") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const race_result<int> first = co_await race(after(3, 30), after(1, 10), after(2, 20));
        CHECK(first.index == 1);
        CHECK(first.value == 10);
        CHECK(watch.seconds() == 1);
    });
}

TEST_CASE("a race of different types gives a variant with a place for each") {
    in_task([]() -> coro<> {
        const auto first = co_await race(after(2, 1), text_after(1), pause(3));
        static_assert(
            std::is_same_v<decltype(first.value), std::variant<int, std::string, std::monostate>>);
        CHECK(first.index == 1);
        CHECK(std::get<1>(first.value) == "text");
        const auto second = co_await race(pause(1), after(2, 1));
        CHECK(second.index == 0);
        CHECK(second.value.index() == 0);
    });
}

TEST_CASE("the losers are cancelled, and awaited before the race ends") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool stopped = false;
        const auto first = co_await race(slow_to_stop(stopped), after(1, 10));
        CHECK(first.index == 1);
        CHECK(stopped);
        CHECK(watch.seconds() == 2);
    });
}

TEST_CASE("an error wins a race as a value does") {
    in_task([]() -> coro<> {
        const task<int> other = create_task(after(2, 1));
        auto run = [](task<int> t) -> coro<> { co_await race(std::move(t), fails_after(1)); };
        const auto end = co_await as_result(run(other));
        CHECK(text_of(end.error()) == "no");
        CHECK(other.cancelled());
    });
}

TEST_CASE("of several that end in one turn the first counts") {
    in_task([]() -> coro<> {
        const auto first = co_await race(after(1, 10), after(1, 20));
        CHECK(first.value == 10);
    });
}

TEST_CASE("a race of immediate coroutines takes 3 turns") {
    in_task([]() -> coro<> {
        auto immediate = []() -> coro<int> { co_return 1; };
        const loop_probe probe;
        const auto first = co_await race(immediate(), after(1, 2));
        CHECK(first.index == 0);
        CHECK(probe.turns() <= 5);
        CHECK(probe.turns() >= 3);
    });
}

TEST_CASE("a race that is cancelled cancels all, waits for them and ends cancelled") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool stopped = false;
        const task<int> racing = create_task(race_of_two(stopped));
        co_await sleep(seconds(1));
        racing.cancel();
        const bool cancelled = (co_await as_result(racing)).cancelled();
        CHECK(cancelled);
        CHECK(stopped);
        CHECK(watch.seconds() == 2);
    });
}

TEST_CASE("a cancellation that comes when somebody has won waits for the next await") {
    in_task([]() -> coro<> {
        bool stopped = false;
        const task<int> racing = create_task(race_of_two(stopped));
        co_await sleep(seconds(5.5));  // the winner has ended, the loser cleans up
        racing.cancel();
        const auto end = co_await as_result(racing);
        CHECK(end);
        CHECK(stopped);
    });
}

TEST_CASE("an error of a loser is not lost") {
    world w;
    w.run([]() -> coro<> {
        const auto first = co_await race(after(1, 1), fails_when_cancelled());
        CHECK(first.value == 1);
    });
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].error == "while stopping");
}

TEST_CASE("a competitor that somebody else cancels wins with its cancellation") {
    in_task([]() -> coro<> {
        const task<int> one = create_task(after(5, 1));
        auto run = [](task<int> t) -> coro<> { co_await race(std::move(t), after(9, 2)); };
        const task<> racing = create_task(run, one);
        co_await sleep(seconds(1));
        one.cancel();
        const bool cancelled = (co_await as_result(racing)).cancelled();
        CHECK(cancelled);
    });
}

TEST_CASE("a race of a vector, also of values that can only be moved") {
    in_task([]() -> coro<> {
        auto box = [](int n) -> coro<std::unique_ptr<int>> {
            co_await sleep(seconds(n));
            co_return std::make_unique<int>(n);
        };
        std::vector<coro<std::unique_ptr<int>>> all;
        for (int n = 3; n > 0; --n) all.push_back(box(n));
        const auto first = co_await race(std::move(all));
        CHECK(first.index == 2);
        CHECK(*first.value == 1);
    });
}

TEST_CASE("a race without competitors is an error") {
    in_task([]() -> coro<> {
        auto run = []() -> coro<> { co_await race(std::vector<coro<int>>()); };
        const auto end = co_await as_result(run());
        CHECK(text_of(end.error()) == "race needs at least one competitor");
    });
}

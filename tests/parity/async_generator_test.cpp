// SPDX-License-Identifier: MIT
// tests/parity/async_generator_test.cpp: values with waits in between.
//
// The letters count the rules of Python's asynchronous generators as nurt keeps them.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/async_generator.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;
using nurt_test::stopwatch;
using nurt_test::text_of;

using namespace nurt_test::async_generator_parts;

namespace {

async_generator<std::string, int> echo() {
    int got = co_yield "ready";
    for (;;) {
        co_await sleep(seconds(1));
        got = co_yield std::to_string(got);
    }
}

// Says how it was left.
async_generator<int> observed(std::string& end) {
    try {
        for (int i = 1;; ++i) {
            co_yield i;
            co_await sleep(seconds(1));
        }
    } catch (const cancelled_error&) {
        end = "cancelled";
        throw;
    } catch (const std::exception& e) {
        end = e.what();
    }
    co_yield -1;
}

}  // namespace

TEST_CASE("A1: next gives the values, with the waits between them") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        const std::vector<int> all = co_await all_of(ticks(3));
        CHECK(all == std::vector<int>{1, 2, 3});
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("A1: a generator that never waits takes no turn") {
    in_task([]() -> coro<> {
        const loop_probe probe;
        const std::vector<int> all = co_await all_of(numbers(1000));
        CHECK(all.size() == 1000);
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("A1: for_each calls a function, or awaits a coroutine, for each value") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        int sum = 0;
        co_await for_each(numbers(3), [&](int n) { sum += n; });
        CHECK(sum == 6);
        auto source = numbers(2);
        co_await for_each(source, [&](int n) -> coro<> {
            co_await sleep(seconds(n));
            sum += n;
        });
        CHECK(sum == 9);
        CHECK(watch.seconds() == 3);
    });
}

TEST_CASE("A1: asend gives a value to the paused co_yield") {
    in_task([]() -> coro<> {
        auto g = echo();
        CHECK(co_await g.next() == "ready");
        CHECK(co_await g.asend(5) == "5");
        CHECK(co_await g.asend(6) == "6");
        CHECK(co_await g.next() == "0");
        co_await g.aclose();
    });
}

TEST_CASE("A1: athrow throws at the paused co_yield, and gives the next value or the error") {
    in_task([]() -> coro<> {
        std::string end;
        auto g = observed(end);
        CHECK(co_await g.next() == 1);
        CHECK(co_await g.athrow(std::runtime_error("thrown in")) == -1);
        CHECK(end == "thrown in");
        auto plain = numbers(3);
        co_await plain.next();
        auto run = [&]() -> coro<> { co_await plain.athrow(std::runtime_error("passes")); };
        const auto passed = co_await as_result(run());
        CHECK(text_of(passed.error()) == "passes");
        CHECK(plain.done());
    });
}

TEST_CASE("A2: a value cannot be sent before the start, and the generator remains usable") {
    in_task([]() -> coro<> {
        auto g = echo();
        auto run = [&]() -> coro<> { co_await g.asend(1); };
        const auto end = co_await as_result(run());
        CHECK(text_of(end.error()) ==
              "send a value to an asynchronous generator that has not started");
        CHECK(co_await g.next() == "ready");
    });
}

TEST_CASE("A4: after the end there is nothing, however often one asks") {
    in_task([]() -> coro<> {
        auto g = numbers(1);
        CHECK(co_await g.next() == 1);
        CHECK_FALSE(g.done());
        for (int i = 0; i < 2; ++i) {
            CHECK(co_await g.next() == std::nullopt);
            CHECK(g.done());
        }
    });
}

TEST_CASE("A6: asking while the body runs for another task is an error") {
    in_task([]() -> coro<> {
        auto g = ticks(2);
        const task<int> first = create_task(next_of(g));
        co_await sleep(seconds(0.5));
        const auto second = co_await as_result(next_of(g));
        CHECK(text_of(second.error()) == "next: asynchronous generator is already running");
        auto close = [&]() -> coro<> { co_await g.aclose(); };
        const auto closing = co_await as_result(close());
        CHECK(text_of(closing.error()) == "aclose: asynchronous generator is already running");
        CHECK(co_await first == 1);
        CHECK(co_await next_of(g) == 2);
    });
}

TEST_CASE("A7: a cancellation of the task that asks arrives in the body, and ends the generator") {
    in_task([]() -> coro<> {
        std::string end;
        auto g = observed(end);
        CHECK(co_await next_of(g) == 1);
        const task<int> asking = create_task(next_of(g));
        co_await sleep(seconds(0.5));
        asking.cancel();
        const bool cancelled = (co_await as_result(asking)).cancelled();
        CHECK(cancelled);
        CHECK(end == "cancelled");
        CHECK(g.done());
        CHECK(co_await next_of(g) == -1);
    });
}

TEST_CASE("A7: a timeout around next stops the body") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        auto g = ticks(2);
        const auto late = co_await as_result([](async_generator<int>& source) -> coro<int> {
            co_return co_await wait_for(next_of(source), seconds(0.5));
        }(g));
        CHECK(text_of(late.error()) == "timed out");
        CHECK(watch.seconds() == 0.5);
        CHECK(g.done());
    });
}

TEST_CASE("A11: an asynchronous generator is no range") {
    static_assert(!std::ranges::range<async_generator<int>>);
    static_assert(!std::is_copy_constructible_v<async_generator<int>>);
}

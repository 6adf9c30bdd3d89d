// SPDX-License-Identifier: MIT
// tests/parity/async_generator_end_test.cpp: how asynchronous generators end.
//
// The letters count the rules of Python's asynchronous generators as nurt keeps them.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/parts/async_generator_end.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::stopwatch;
using nurt_test::text_of;
using nurt_test::world;

using namespace nurt_test::async_generator_end_parts;

namespace {

// Awaits on its way out, as a finally clause would.
async_generator<int> tidy(bool& tidied) {
    bool leaving = false;
    for (int i = 1; !leaving; ++i) {
        try {
            co_yield i;
        } catch (const generator_exit&) {
            leaving = true;
        }
    }
    co_await sleep(seconds(1));
    tidied = true;
}

async_generator<int> stubborn() {
    for (int i = 1; i < 4; ++i) {
        try {
            co_yield i;
        } catch (const generator_exit&) {
        }
    }
}

async_generator<int> fails_at_exit() {
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        throw std::runtime_error("at exit");
    }
}

coro<int> next_of(async_generator<int>& source) {
    const auto value = co_await source.next();
    co_return value.value_or(-1);
}

coro<> close(async_generator<int>& source) {
    co_await source.aclose();
}

}  // namespace

TEST_CASE("A5: aclose lets the body await on its way out, and may be repeated") {
    in_task([]() -> coro<> {
        const stopwatch watch;
        bool tidied = false;
        auto g = tidy(tidied);
        CHECK(co_await next_of(g) == 1);
        co_await g.aclose();
        CHECK(tidied);
        CHECK(watch.seconds() == 1);
        CHECK(g.done());
        co_await g.aclose();
        CHECK(co_await next_of(g) == -1);
    });
}

TEST_CASE("A5: aclose before the start ends the generator, whose body never runs") {
    in_task([]() -> coro<> {
        bool destroyed = false;
        auto g = with_local(destroyed);
        co_await g.aclose();
        CHECK(g.done());
        CHECK(co_await next_of(g) == -1);
        CHECK(!destroyed);
    });
}

TEST_CASE("A5: a body that lets generator_exit pass has ended") {
    in_task([]() -> coro<> {
        bool destroyed = false;
        auto g = with_local(destroyed);
        co_await next_of(g);
        co_await g.aclose();
        CHECK(destroyed);
        CHECK(g.done());
    });
}

TEST_CASE("A5: a body that yields when it is closed is an error, and is still alive") {
    in_task([]() -> coro<> {
        auto g = stubborn();
        co_await next_of(g);
        const auto end = co_await as_result(close(g));
        CHECK(text_of(end.error()) ==
              "asynchronous generator ignored generator_exit: it yielded when it was closed");
        CHECK(co_await next_of(g) == 3);
    });
}

TEST_CASE("A5: an error on the way out reaches who closed") {
    in_task([]() -> coro<> {
        auto g = fails_at_exit();
        co_await next_of(g);
        const auto end = co_await as_result(close(g));
        CHECK(text_of(end.error()) == "at exit");
        CHECK(g.done());
    });
}

TEST_CASE("A8: destroying a paused generator destroys its locals and runs no cleanup") {
    in_task([]() -> coro<> {
        bool destroyed = false;
        bool tidied = false;
        {
            auto g = with_local(destroyed);
            auto t = tidy(tidied);
            co_await next_of(g);
            co_await next_of(t);
            CHECK(!destroyed);
        }
        CHECK(destroyed);
        CHECK(!tidied);
    });
}

TEST_CASE("A8: aclosing closes after the body, and gives its value") {
    in_task([]() -> coro<> {
        bool tidied = false;
        const int first = co_await aclosing(tidy(tidied), [](async_generator<int>& g) -> coro<int> {
            co_return co_await next_of(g);
        });
        CHECK(first == 1);
        CHECK(tidied);
    });
}

TEST_CASE("A8: aclosing closes after an error of the body, and after a cancellation, shielded") {
    in_task([]() -> coro<> {
        bool tidied = false;
        auto failing = [](bool& flag) -> coro<> {
            co_await aclosing(tidy(flag), [](async_generator<int>& g) -> coro<> {
                co_await next_of(g);
                throw std::runtime_error("body");
            });
        };
        const auto end = co_await as_result(failing(tidied));
        CHECK(text_of(end.error()) == "body");
        CHECK(tidied);
        bool again = false;
        auto waiting = [](bool& flag) -> coro<> {
            co_await aclosing(tidy(flag), [](async_generator<int>& g) -> coro<> {
                co_await next_of(g);
                co_await sleep(seconds(100));
            });
        };
        const task<> t = create_task(waiting(again));
        co_await sleep(seconds(1));
        t.cancel();
        co_await sleep(seconds(0.5));
        t.cancel();  // in the middle of the cleanup
        const bool cancelled = (co_await as_result(t)).cancelled();
        CHECK(cancelled);
        CHECK(again);
    });
}

TEST_CASE("A8: the end of run closes what is alive, awaits included") {
    bool tidied = false;
    bool never = false;
    std::optional<async_generator<int>> kept;
    std::optional<async_generator<int>> unstarted;
    {
        world w;
        w.run([&]() -> coro<> {
            kept.emplace(tidy(tidied));
            unstarted.emplace(tidy(never));
            co_await next_of(*kept);
        });
        CHECK(!tidied);
        w.runner.close();
        CHECK(tidied);
        CHECK(!never);
        CHECK(w.reports.empty());
    }
    CHECK(kept->done());
}

TEST_CASE("A8: an error at the end of run goes to the exception handler") {
    std::optional<async_generator<int>> kept;
    world w;
    w.run([&]() -> coro<> {
        kept.emplace(fails_at_exit());
        co_await next_of(*kept);
    });
    w.runner.close();
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].error == "at exit");
}

TEST_CASE("A8: a generator that does not end within the grace at the end of run is cancelled") {
    std::optional<async_generator<int>> kept;
    bool cancelled = false;
    auto slow = [](bool& flag) -> async_generator<int> {
        bool leaving = false;
        try {
            co_yield 1;
        } catch (const generator_exit&) {
            leaving = true;
        }
        try {
            if (leaving) co_await sleep(seconds(1000));
        } catch (const cancelled_error&) {
            flag = true;
            throw;
        }
    };
    world w;
    w.run([&]() -> coro<> {
        kept.emplace(slow(cancelled));
        co_await next_of(*kept);
    });
    w.runner.close();
    CHECK(cancelled);
    CHECK(kept->done());
}

TEST_CASE("A8: a generator may outlive its loop") {
    bool destroyed = false;
    std::unique_ptr<async_generator<int>> kept;
    {
        world w;
        w.run([&]() -> coro<> {
            kept = std::make_unique<async_generator<int>>(with_local(destroyed));
            co_await next_of(*kept);
        });
    }
    CHECK(destroyed);
    kept.reset();
}

TEST_CASE("A9: the owner may go while a task waits inside of the body: the step ends first") {
    in_task([]() -> coro<> {
        bool destroyed = false;
        auto g = std::make_unique<async_generator<int>>(with_local(destroyed));
        CHECK(co_await next_of(*g) == 1);
        auto ask = [](async_generator<int>& source) -> coro<int> {
            auto step = source.next();
            const auto value = co_await step;
            co_return value.value_or(-1);
        };
        const task<int> asking = create_task(ask(*g));
        co_await sleep(seconds(0.5));
        g.reset();
        CHECK(!destroyed);
        CHECK(co_await asking == 2);
        CHECK(destroyed);
    });
}

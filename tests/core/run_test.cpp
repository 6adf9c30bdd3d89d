// SPDX-License-Identifier: MIT
// tests/core/run_test.cpp: from main into the loop and back, and what is left at the end.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_runners.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/support.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::world;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<int> number(int n) {
    co_await yield();
    co_return n;
}

}  // namespace

TEST_CASE("run gives the value of its coroutine, or throws its error") {
    CHECK(run(number(3), sim::make_services()) == 3);
    auto fail = []() -> coro<> {
        co_await yield();
        throw std::runtime_error("x");
    };
    CHECK_THROWS_WITH(run(fail(), sim::make_services()), "x");
    auto box = []() -> coro<std::unique_ptr<int>> { co_return std::make_unique<int>(4); };
    CHECK(*run(box(), sim::make_services()) == 4);
    auto stop = []() -> coro<> {
        current_task().cancel("self");
        co_await yield();
    };
    CHECK_THROWS_AS(run(stop(), sim::make_services()), cancelled_error);
}

TEST_CASE("run works on the machine's clock and kernel, and gives its descriptors back") {
    const int before = nurt_test::open_descriptors();
    CHECK(run(number(5)) == 5);
    CHECK(nurt_test::open_descriptors() == before);
}

TEST_CASE("tasks that leftovers start while they end are cancelled as well") {
    int started = 0, ended = 0;
    world w;
    w.run([&]() -> coro<> {
        create_task(
            [](int& s, int& e) -> coro<> {
                try {
                    co_await sleep(seconds(1000));
                } catch (const cancelled_error&) {
                }
                create_task(
                    [](int& s2, int& e2) -> coro<> {
                        ++s2;
                        try {
                            co_await sleep(seconds(1000));
                        } catch (const cancelled_error&) {
                            ++e2;
                            throw;
                        }
                    },
                    std::ref(s), std::ref(e))
                    .detach();
                co_await sleep(seconds(1));
            },
            std::ref(started), std::ref(ended))
            .detach();
        co_await yield();
    });
    w.runner.close();
    CHECK(started == 1);
    CHECK(ended == 1);
}

TEST_CASE("a task may be cancelled between two runs") {
    world w;
    std::vector<task<>> kept;
    w.run([&]() -> coro<> {
        kept.push_back(create_task([]() -> coro<> { co_await sleep(seconds(100)); }));
        co_await yield();
    });
    kept[0].cancel();
    w.run([]() -> coro<> {
        co_await yield();
        co_await yield();
    });
    CHECK(kept[0].cancelled());
}

TEST_CASE("main that waits for what can never happen is a deadlock in simulated time") {
    world w;
    auto wait = [](future<> f) -> coro<> { co_await f; };
    CHECK_THROWS_AS(w.runner.run(wait(future<>())), sim::deadlock);
}

TEST_CASE("an error that ends the loop leaves a runner that still cleans up") {
    bool cleaned = false;
    {
        world w;
        w.runner.loop().call_later(seconds(1), [] { throw keyboard_interrupt(); });
        auto main = [](bool& flag) -> coro<> {
            try {
                co_await sleep(seconds(100));
            } catch (const cancelled_error&) {
                flag = true;
                throw;
            }
        };
        CHECK_THROWS_AS(w.runner.run(main(cleaned)), keyboard_interrupt);
        CHECK_FALSE(cleaned);
    }
    CHECK(cleaned);
}

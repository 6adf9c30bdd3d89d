// SPDX-License-Identifier: MIT
// tests/threads/real_threads_test.cpp: blocking work with real threads. Runs under ThreadSanitizer too.
#include "nurt/threads/to_thread.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/threads/run_in_executor.hpp"
#include "nurt/threads/thread_pool.hpp"

using nurt::coro;
using nurt::to_thread;

namespace {

class gate {
public:
    void open() {
        open_ = true;
        open_.notify_all();
    }
    void pass() const { open_.wait(false); }

private:
    std::atomic<bool> open_{false};
};

coro<> until_begun(const std::atomic<bool>& begun) {
    while (!begun) co_await nurt::sleep(nurt::microseconds(100));
}

template <class T>
coro<> ended(nurt::task<T> t) {
    co_await nurt::wait(std::vector(1, t));
}

coro<int> square(int n) {
    co_return co_await to_thread([](int i) { return i * i; }, n);
}

}  // namespace

TEST_CASE("to_thread runs in another thread and comes back to this one") {
    nurt::run([]() -> coro<> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await to_thread([] { return std::this_thread::get_id(); });
        CHECK(there != here);
        CHECK(std::this_thread::get_id() == here);
    }());
}

TEST_CASE("a thousand calls at once arrive each with its own result") {
    nurt::run([]() -> coro<> {
        std::vector<coro<int>> work;
        for (int i = 0; i < 1000; ++i) work.push_back(square(i));
        const std::vector<int> all = co_await nurt::gather(std::move(work));
        for (int i = 0; i < 1000; ++i) REQUIRE(all[static_cast<std::size_t>(i)] == i * i);
    }());
    CHECK(nurt::thread_pool::shared().statistics().threads <=
          nurt::thread_pool::shared().statistics().max_threads);
}

// The opposite of test_threads test_to_thread_cancel: what the thread works on may be ours.
TEST_CASE("S147: a cancelled task waits for its thread and keeps the result") {
    nurt::run([]() -> coro<> {
        std::atomic<bool> begun{false};
        gate g;
        int result = 0;
        bool cancelled = false;
        auto t = nurt::create_task([&]() -> coro<> {
            result = co_await to_thread([&] {
                begun = true;
                g.pass();
                return 5;
            });
            try {
                co_await nurt::sleep(nurt::duration::zero());
            } catch (const nurt::cancelled_error&) {
                cancelled = true;
            }
        });
        co_await until_begun(begun);
        t.cancel();
        co_await nurt::sleep(nurt::milliseconds(2));
        CHECK_FALSE(t.done());
        g.open();
        co_await t;
        CHECK(result == 5);
        CHECK(cancelled);
    }());
}

TEST_CASE("the stop_token of a thread whose task is cancelled says so") {
    nurt::run([]() -> coro<> {
        std::atomic<bool> begun{false};
        auto t = nurt::create_task([&]() -> coro<bool> {
            const bool stopped = co_await to_thread([&](std::stop_token stop) {
                begun = true;
                while (!stop.stop_requested()) std::this_thread::yield();
                return true;
            });
            co_return stopped;
        });
        co_await until_begun(begun);
        t.cancel();
        const bool stopped = co_await t;
        CHECK(stopped);
    }());
}

TEST_CASE("abandon_on_cancel lets the task go on, and the end of run waits for the thread") {
    std::atomic<bool> begun{false};
    gate g;
    std::atomic<bool> ended{false};
    auto held = std::make_shared<int>(1);
    nurt::run([&]() -> coro<> {
        auto t = nurt::create_task([&]() -> coro<> {
            const auto block = [&, held] {
                begun = true;
                g.pass();
                ended = true;
                return held;
            };
            co_await to_thread(nurt::abandon_on_cancel, block);
        });
        co_await until_begun(begun);
        t.cancel();
        co_await nurt::wait(std::vector(1, t));
        CHECK(t.cancelled());
        CHECK_FALSE(ended);
        g.open();
    }());
    CHECK(ended);
    CHECK(held.use_count() == 1);
}

TEST_CASE("a pool of one's own runs what run_in_executor is told") {
    nurt::thread_pool pool({.max_threads = 1, .name = "mine"});
    nurt::run([&]() -> coro<> {
        const int three = co_await nurt::run_in_executor(pool, [](int n) { return n + 1; }, 2);
        CHECK(three == 3);
    }());
    CHECK(pool.join());
    CHECK(pool.statistics().ended_jobs == 1);
}

TEST_CASE("a thread that outlives its loop finds it gone and ends") {
    nurt::thread_pool pool({.max_threads = 1});
    std::atomic<bool> begun{false};
    gate g;
    auto held = std::make_shared<int>(1);
    {
        nurt::event_loop loop;
        loop.call_soon([&] {
            auto f = nurt::run_in_executor(pool, [&, held] {
                begun = true;
                g.pass();
            });
            while (!begun) std::this_thread::yield();
            CHECK(f.cancel());
        });
        loop.run_once();
    }
    g.open();
    CHECK(pool.join());
    CHECK(held.use_count() == 1);
}

TEST_CASE("cancelling at every moment loses no result and no thread") {
    for (int round = 0; round < 300; ++round) {
        nurt::run([](int delay) -> coro<> {
            auto value = std::make_shared<int>(3);
            const auto look = [value] { return *value; };
            const auto copy = [value] { return value; };
            auto waits = nurt::create_task(to_thread(look));
            auto leaves = nurt::create_task(to_thread(nurt::abandon_on_cancel, copy));
            co_await nurt::sleep(nurt::microseconds(delay));
            waits.cancel();
            leaves.cancel();
            co_await ended(waits);
            co_await ended(leaves);
        }(round % 60));
    }
    CHECK(nurt::thread_pool::shared().join());
}

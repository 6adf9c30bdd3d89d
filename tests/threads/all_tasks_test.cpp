// SPDX-License-Identifier: MIT
// tests/threads/all_tasks_test.cpp: every loop knows its own tasks, whatever other threads do.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/stack.hpp"
#include "nurt/core/task.hpp"

using nurt::coro;

namespace {

constexpr int tasks_each = 20;

coro<> yield_often() {
    for (int i = 0; i < 10; ++i) co_await nurt::sleep(nurt::duration::zero());
}

// True if only living tasks of this loop are listed, all the time.
coro<bool> churn(std::string mine) {
    for (int round = 0; round < 20; ++round) {
        std::vector<nurt::task<>> made;
        for (int i = 0; i < tasks_each; ++i) {
            made.push_back(nurt::create_task(yield_often(), {.name = mine}));
        }
        const std::vector<nurt::task_view> listed = nurt::all_tasks();
        std::size_t own = 0;
        for (const nurt::task_view t : listed) own += t.name() == mine ? 1 : 0;
        if (own != tasks_each || listed.size() != tasks_each + 1) co_return false;
        for (nurt::task<>& t : made) co_await t;
        if (nurt::all_tasks().size() != 1) co_return false;
    }
    co_return true;
}

}  // namespace

// test_free_threading: test_all_tasks_race, test_all_tasks_different_thread
TEST_CASE("S177: all_tasks lists the living tasks of the running loop, and of no other thread's") {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&right, i] {
            nurt::run_options options;
            options.handle_interrupt = false;
            if (nurt::run(churn("of loop " + std::to_string(i)), options)) ++right;
        });
    }
    for (std::thread& t : threads) t.join();
    CHECK(right == 4);
    CHECK_THROWS_AS(static_cast<void>(nurt::all_tasks()), nurt::usage_error);
}

// SPDX-License-Identifier: MIT
// tests/parity/golden_table_test.cpp: asyncio's golden table of turns, every row of it.
//
// Turns of the loop from the start of an await to what follows it, measured on CPython 3.12 to 3.14. The
// cases around each row are in turns_test.cpp; the oracle compares them with CPython itself.
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "nurt/core/gather.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/core/with.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::loop_probe;

namespace {

coro<int> immediate() {
    co_return 1;
}

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<> gather_three() {
    co_await gather(immediate(), immediate(), immediate());
}

coro<> gather_done() {
    co_await gather();
    std::vector<future<>> done(2);
    for (auto& f : done) f.set_result();
    co_await gather(std::move(done));
}

coro<> wait_for_new() {
    std::vector<task<int>> tasks;
    tasks.push_back(create_task(immediate()));
    co_await wait(std::move(tasks));
}

coro<> wait_for_done() {
    std::vector<future<>> done(1);
    done[0].set_result();
    co_await wait(std::move(done));
}

coro<> wait_for_in_time() {
    co_await wait_for(immediate(), seconds(10));
    co_await wait_for(immediate(), duration::max());
}

coro<> wait_for_no_time() {
    const auto end = co_await as_result(wait_for(immediate(), duration::zero()));
    CHECK_FALSE(end);
}

coro<> group_of(int tasks) {
    co_await with(task_group(), [tasks](task_group& group) -> coro<> {
        for (int i = 0; i < tasks; ++i) group.create_task(immediate()).detach();
        co_return;
    });
}

coro<> empty_timeouts() {
    co_await timeout(seconds(10), []() -> coro<> { co_return; });
    co_await timeout(duration::zero(), []() -> coro<> { co_return; });
}

coro<> no_time_for_a_yield() {
    const auto end = co_await as_result(timeout(duration::zero(), yield));
    CHECK_FALSE(end);
}

coro<> free_primitives() {
    lock l;
    event e;
    queue<int> q;
    e.set();
    auto guard = co_await l.acquire();
    co_await e.wait();
    co_await q.put(1);
    co_await q.get();
}

coro<> eager_task() {
    co_await create_task(immediate(), {.eager_start = true});
}

coro<> immediate_task() {
    co_await create_task(immediate());
}

coro<> yielding_task() {
    co_await create_task(yield());
}

coro<> gather_one() {
    co_await gather(immediate());
}

coro<> shield_new() {
    co_await shield(immediate());
}

coro<> await_nothing() {
    co_await immediate();
}

coro<> await_done() {
    future<> f;
    f.set_result();
    co_await f;
    co_await shield(f);
}

coro<> empty_group() {
    co_await group_of(0);
}

coro<> group_of_three() {
    co_await group_of(3);
}

struct row {
    std::string_view what;
    coro<> (*run)();
    std::uint64_t turns;
};

constexpr row table[] = {
    {"a coroutine that never suspends", await_nothing, 0},
    {"sleep(0)", yield, 1},
    {"a done future, and shield of it", await_done, 0},
    {"create_task(immediate)", immediate_task, 2},
    {"create_task(one sleep(0))", yielding_task, 3},
    {"an eager task, immediate", eager_task, 0},
    {"gather of 1 immediate coroutine", gather_one, 3},
    {"gather of 3 immediate coroutines", gather_three, 3},
    {"gather of nothing, and of what is done", gather_done, 0},
    {"wait for a new task", wait_for_new, 3},
    {"wait for what is done", wait_for_done, 2},
    {"wait_for(immediate, 10 s or no limit)", wait_for_in_time, 0},
    {"wait_for(immediate, 0)", wait_for_no_time, 3},
    {"shield(immediate)", shield_new, 3},
    {"an empty task group", empty_group, 0},
    {"a task group with 3 immediate tasks", group_of_three, 3},
    {"timeout of 10 s and of 0 around nothing", empty_timeouts, 0},
    {"timeout of 0 around sleep(0)", no_time_for_a_yield, 1},
    {"what is free: lock, event, queue", free_primitives, 0},
};

}  // namespace

TEST_CASE("S31: every row of the golden table of turns") {
    in_task([]() -> coro<> {
        for (const row& each : table) {
            const loop_probe probe;
            co_await each.run();
            const auto turns = probe.turns();
            INFO(each.what);
            CHECK(turns == each.turns);
        }
    });
}

TEST_CASE("S31: a sleeping task that is cancelled resumes its awaiter after 2 turns") {
    in_task([]() -> coro<> {
        const task<> sleeping = create_task([]() -> coro<> { co_await sleep(seconds(1000)); });
        co_await yield();
        sleeping.cancel();
        const loop_probe probe;
        const auto end = co_await as_result(sleeping);
        CHECK(end.cancelled());
        CHECK(probe.turns() == 2);
    });
}

// SPDX-License-Identifier: MIT
// tests/parity/barrier_test.cpp: barrier. Retold from CPython's test_locks, BarrierTests.
#include "nurt/sync/barrier.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "nurt/sync/errors.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::end_of;
using nurt_test::in_task;
using nurt_test::yields;
using phase = barrier::state_t;

namespace {

coro<std::size_t> meet(barrier& b) {
    co_return co_await b.wait();
}

std::vector<task<std::size_t>> arrive(barrier& b, int n) {
    std::vector<task<std::size_t>> all;
    for (int i = 0; i < n; ++i) all.push_back(create_task(meet, std::ref(b)));
    return all;
}

const char* const broken_text = "the barrier is broken";

}  // namespace

// test_simple, test_filling_one_task, test_barrier_loop_3tasks
TEST_CASE("S132: all wait until the last has come, and each has a number of its own") {
    in_task([]() -> coro<> {
        barrier b(3);
        for (int round = 0; round < 2; ++round) {
            const auto two = arrive(b, 2);
            co_await yields(3);
            CHECK(b.n_waiting() == 2);
            CHECK_FALSE(two[0].done());
            CHECK(co_await b.wait() == 2);
            CHECK(b.n_waiting() == 0);
            CHECK(co_await two[0] == 0);
            CHECK(co_await two[1] == 1);
        }
    });
}

// test_draining_state, test_blocking_tasks_while_draining
TEST_CASE("S132: who comes while it drains waits until the last has left") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto first = arrive(b, 1);
        co_await yields();
        const auto rest = arrive(b, 3);  // the second party of this round, and the next round
        co_await yields();
        CHECK(b.statistics().state == phase::draining);
        CHECK(b.statistics().tasks_outside == 2);
        CHECK(b.n_waiting() == 0);
        CHECK(rest[0].done());
        CHECK_FALSE(first[0].done());
        co_await first[0];
        co_await rest[2];
        CHECK(co_await rest[1] == 0);
        CHECK(co_await rest[2] == 1);
        CHECK(b.statistics().state == phase::filling);
    });
}

TEST_CASE("S132: of those outside only as many come in as the next round holds") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto all = arrive(b, 5);
        co_await yields(6);
        CHECK(all[3].done());
        CHECK_FALSE(all[4].done());
        CHECK(b.n_waiting() == 1);
        co_await b.wait();
        co_await all[4];
    });
}

// test_filling_tasks_cancel_one, test_filling_tasks_cancel_twice
TEST_CASE("S133: a party that is cancelled has not come, and the numbers stay unique") {
    in_task([]() -> coro<> {
        barrier b(3);
        const auto two = arrive(b, 2);
        co_await yields();
        two[0].cancel();
        CHECK(b.n_waiting() == 1);
        const auto more = arrive(b, 1);
        co_await yields(2);
        CHECK(b.n_waiting() == 2);
        CHECK(co_await b.wait() == 2);
        CHECK(co_await two[1] == 0);
        CHECK(co_await more[0] == 1);
        CHECK(co_await end_of(two[0]) == "[cancelled: ]");
    });
}

TEST_CASE("S133: who is cancelled outside leaves the others alone") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto all = arrive(b, 5);
        co_await yields();
        all[2].cancel();
        co_await all[4];
        CHECK(co_await all[3] == 0);
        CHECK(co_await all[4] == 1);
        CHECK(all[2].cancelled());
    });
}

// test_reset_barrier, test_reset_barrier_while_tasks_waiting
TEST_CASE("S134: reset sends those who wait away with an error, and the barrier is as new") {
    in_task([]() -> coro<> {
        barrier b(3);
        const auto two = arrive(b, 2);
        co_await yields();
        b.reset();
        CHECK(b.statistics().state == phase::resetting);
        CHECK_FALSE(b.broken());
        const auto next = arrive(b, 2);
        CHECK(co_await end_of(two[0]) == broken_text);
        CHECK(co_await end_of(two[1]) == broken_text);
        co_await yields(2);
        CHECK(b.n_waiting() == 2);
        CHECK(co_await b.wait() == 2);
        co_await next[0];
        co_await next[1];
    });
}

// test_reset_barrier_when_tasks_half_draining
TEST_CASE("S134: those who drain when reset is called do not get the error") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto one = arrive(b, 1);
        co_await yields();
        CHECK(co_await b.wait() == 1);
        CHECK(b.statistics().state == phase::draining);
        b.reset();
        CHECK(co_await one[0] == 0);
        CHECK(b.statistics().state == phase::filling);
    });
}

// test_abort_barrier, test_abort_barrier_when_tasks_half_draining_half_blocked
TEST_CASE("S135: abort breaks the barrier for all who wait and will, until reset") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto all = arrive(b, 4);
        co_await yields();
        CHECK(b.statistics().tasks_outside == 2);
        b.abort();
        CHECK(b.broken());
        CHECK(co_await end_of(all[0]) == "none");  // had met before
        CHECK(co_await end_of(all[1]) == "none");
        CHECK(co_await end_of(all[2]) == broken_text);
        CHECK(co_await end_of(all[3]) == broken_text);
        CHECK(co_await end_of(create_task(meet, std::ref(b))) == broken_text);
        b.reset();
        CHECK_FALSE(b.broken());
        const auto again = arrive(b, 2);
        CHECK(co_await again[0] == 0);
        CHECK(co_await again[1] == 1);
    });
}

TEST_CASE("S135: a barrier that is reset before those whom abort woke have gone waits for them") {
    in_task([]() -> coro<> {
        barrier b(2);
        const auto one = arrive(b, 1);
        co_await yields();
        b.abort();
        b.reset();
        CHECK(b.statistics().state == phase::resetting);
        const auto two = arrive(b, 2);
        CHECK(co_await end_of(one[0]) == broken_text);
        CHECK(co_await two[0] == 0);
        CHECK(co_await two[1] == 1);
    });
}

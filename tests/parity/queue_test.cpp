// SPDX-License-Identifier: MIT
// tests/parity/queue_test.cpp: queue, priority_queue, lifo_queue. Retold from CPython's test_queues.
#include "nurt/sync/queue.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nurt/core/timeout.hpp"
#include "nurt/sync/lifo_queue.hpp"
#include "nurt/sync/priority_queue.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::end_of;
using nurt_test::in_task;
using nurt_test::yields;

namespace {

coro<int> get_one(queue<int>& q) {
    co_return co_await q.get();
}

coro<> put_one(queue<int>& q, int item) {
    co_await q.put(item);
}

coro<> join_all(queue<int>& q) {
    co_await q.join();
}

template <class Queue>
std::vector<int> drained(Queue& q) {
    for (const int item : {2, 3, 1}) q.put_nowait(item);
    std::vector<int> out;
    while (auto item = q.try_get()) out.push_back(*item);
    return out;
}

const char* const shut_down_text = "the queue is shut down";

}  // namespace

// QueueBasicTests, LifoQueueTests, PriorityQueueTests: test_order
TEST_CASE(
    "S136: a queue gives the oldest, a lifo_queue the newest, a priority_queue the smallest "
    "first") {
    queue<int> first;
    lifo_queue<int> last;
    priority_queue<int> least;
    CHECK(drained(first) == std::vector{2, 3, 1});
    CHECK(drained(last) == std::vector{1, 3, 2});
    CHECK(drained(least) == std::vector{1, 2, 3});
}

// test_maxsize
TEST_CASE("S136: a full queue makes put wait until get") {
    in_task([]() -> coro<> {
        queue<int> q(2);
        co_await q.put(1);
        co_await q.put(2);
        CHECK(q.full());
        const task<> third = create_task(put_one, std::ref(q), 3);
        co_await yields(3);
        CHECK_FALSE(third.done());
        CHECK(q.statistics().putters_waiting == 1);
        CHECK(co_await q.get() == 1);
        CHECK(q.full());  // the third is in
        co_await third;
        CHECK(co_await q.get() == 2);
        CHECK(co_await q.get() == 3);
        CHECK(q.empty());
    });
}

TEST_CASE("S136: a maxsize of zero or less is no limit") {
    for (const std::ptrdiff_t size : {0, -1}) {
        queue<int> q(size);
        for (int i = 0; i < 1000; ++i) q.put_nowait(i);
        CHECK(q.qsize() == 1000);
        CHECK_FALSE(q.full());
        CHECK(q.maxsize() == size);
    }
}

// test_get_cancelled_race, test_get_with_other_putters
TEST_CASE("S137: a getter cancelled before an item comes takes none, one cancelled after has it") {
    in_task([]() -> coro<> {
        queue<int> q;
        const task<int> before = create_task(get_one, std::ref(q));
        const task<int> after = create_task(get_one, std::ref(q));
        const task<int> next = create_task(get_one, std::ref(q));
        co_await yields();
        before.cancel();
        q.put_nowait(1);
        after.cancel();
        q.put_nowait(2);
        CHECK(co_await next == 2);
        CHECK(before.cancelled());
        CHECK(co_await after == 1);
    });
}

// test_put_cancelled, test_put_cancelled_race, test_putters_cancelled_correctly
TEST_CASE("S137: a putter cancelled while it waits has put nothing and stalls nobody") {
    in_task([]() -> coro<> {
        queue<int> q(1);
        q.put_nowait(0);
        std::vector<task<>> puts;
        for (int i = 1; i <= 3; ++i) puts.push_back(create_task(put_one, std::ref(q), i));
        co_await yields();
        puts[0].cancel();
        CHECK(q.get_nowait() == 0);  // lets 2 in
        puts[1].cancel();
        CHECK(co_await q.get() == 2);
        CHECK(co_await q.get() == 3);
        CHECK(co_await end_of(puts[0]) == "[cancelled: ]");
        CHECK(co_await end_of(puts[1]) == "none");
        co_await puts[2];
        CHECK(q.empty());
    });
}

// test_get_cancel_drop_one_pending_reader: a timeout that fires as the item comes.
TEST_CASE("S137: an item that comes in the moment of the timeout is not lost") {
    in_task([]() -> coro<> {
        queue<int> q;
        int got = 0;
        const auto limited = [](queue<int>& mine, int& out) -> coro<> {
            co_await timeout(seconds(1), [&]() -> coro<> { out = co_await mine.get(); });
        };
        const auto late = [](queue<int>& mine) -> coro<> {
            co_await sleep(seconds(1));
            mine.put_nowait(7);
        };
        const task<> giver = create_task(late, std::ref(q));
        const task<> reader = create_task(limited, std::ref(q), std::ref(got));
        co_await giver;
        co_await as_result(reader);
        CHECK(got + static_cast<int>(q.qsize()) * 7 == 7);
    });
}

// test_cancelled_getters_not_being_held_in_self_getters, and the same for putters
TEST_CASE("S138: cancelled waiters are in no list of the queue") {
    in_task([]() -> coro<> {
        queue<int> q(1);
        const task<int> getter = create_task(get_one, std::ref(q));
        co_await yields();
        getter.cancel();
        CHECK(q.statistics().getters_waiting == 0);
        q.put_nowait(1);
        const task<> putter = create_task(put_one, std::ref(q), 2);
        co_await yields(2);
        putter.cancel();
        CHECK(q.statistics().putters_waiting == 0);
        co_await yields();
    });
}

// QueueJoinTests: test_task_done_underflow, test_task_done, test_join_empty_queue
TEST_CASE("S139: join returns when every item is done, and one task_done too many is an error") {
    in_task([]() -> coro<> {
        queue<int> q;
        CHECK_THROWS_WITH_AS(q.task_done(), "task_done() called too many times", usage_error);
        co_await q.join();
        q.put_nowait(1);
        q.put_nowait(2);
        const task<> all = create_task(join_all, std::ref(q));
        co_await q.get();
        co_await q.get();
        q.task_done();
        co_await yields(2);
        CHECK_FALSE(all.done());
        CHECK(q.statistics().unfinished == 1);
        q.task_done();
        co_await all;
        CHECK_THROWS_AS(q.task_done(), usage_error);
    });
}

TEST_CASE(
    "S139: an item that was handed over counts as unfinished, one whose putter waits does not") {
    in_task([]() -> coro<> {
        queue<int> q(1);
        const task<int> getter = create_task(get_one, std::ref(q));
        co_await yields();
        q.put_nowait(1);
        CHECK(q.statistics().unfinished == 1);
        q.put_nowait(2);
        const task<> putter = create_task(put_one, std::ref(q), 3);
        co_await yields(2);
        CHECK(q.statistics().unfinished == 2);
        q.get_nowait();
        CHECK(q.statistics().unfinished == 3);
        co_await putter;
    });
}

// test_shutdown_empty
TEST_CASE("S140: shutdown of an empty queue wakes the getters with queue_shut_down") {
    in_task([]() -> coro<> {
        queue<int> q;
        const task<int> getter = create_task(get_one, std::ref(q));
        co_await yields();
        q.shutdown();
        CHECK(co_await end_of(getter) == shut_down_text);
        CHECK_THROWS_AS(q.put_nowait(1), queue_shut_down);
        CHECK_THROWS_AS(q.get_nowait(), queue_shut_down);
        CHECK_FALSE(q.try_put(1));
        CHECK(co_await end_of(create_task(put_one, std::ref(q), 1)) == shut_down_text);
        CHECK(co_await end_of(create_task(get_one, std::ref(q))) == shut_down_text);
        q.shutdown();  // may be repeated
    });
}

// test_shutdown_nonempty
TEST_CASE(
    "S140: after shutdown what is in the queue can be got, and waiting putters get an error") {
    in_task([]() -> coro<> {
        queue<int> q(1);
        q.put_nowait(1);
        const task<> putter = create_task(put_one, std::ref(q), 2);
        co_await yields();
        q.shutdown();
        CHECK(co_await end_of(putter) == shut_down_text);
        CHECK(co_await q.get() == 1);
        CHECK(co_await end_of(create_task(get_one, std::ref(q))) == shut_down_text);
        q.task_done();
        co_await q.join();
    });
}

// test_shutdown_immediate, test_shutdown_immediate_with_unfinished
TEST_CASE("S141: shutdown(immediate) drops the items and wakes join only when none is unfinished") {
    in_task([]() -> coro<> {
        queue<int> q;
        for (int i = 0; i < 3; ++i) q.put_nowait(i);
        q.get_nowait();
        const task<> all = create_task(join_all, std::ref(q));
        co_await yields();
        q.shutdown(true);
        CHECK(q.empty());
        CHECK(q.statistics().unfinished == 1);
        co_await yields(2);
        CHECK_FALSE(all.done());
        q.task_done();
        co_await all;
        CHECK_THROWS_AS(q.task_done(), usage_error);
        CHECK_THROWS_AS(q.get_nowait(), queue_shut_down);
    });
}

TEST_CASE("S141: shutdown(immediate) with nothing unfinished wakes join at once") {
    in_task([]() -> coro<> {
        queue<int> q;
        q.put_nowait(1);
        const task<> all = create_task(join_all, std::ref(q));
        co_await yields();
        q.shutdown(true);
        co_await all;
    });
}

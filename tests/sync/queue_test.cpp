// SPDX-License-Identifier: MIT
// tests/sync/queue_test.cpp: queue, priority_queue, lifo_queue. Retold from CPython's test_queues.
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

}  // namespace

// QueueGetTests.test_nonblocking_get_exception, QueuePutTests.test_nonblocking_put_exception
TEST_CASE("what never waits throws queue_full or queue_empty, or says no quietly") {
    queue<std::unique_ptr<int>> q(1);
    CHECK_THROWS_AS(q.get_nowait(), queue_empty);
    CHECK_FALSE(q.try_get());
    q.put_nowait(std::make_unique<int>(1));
    CHECK_THROWS_AS(q.put_nowait(std::make_unique<int>(2)), queue_full);
    auto kept = std::make_unique<int>(3);
    CHECK_FALSE(q.try_put(std::move(kept)));
    CHECK(kept);
    CHECK(*q.get_nowait() == 1);
    CHECK(q.try_put(std::move(kept)));
    CHECK_FALSE(kept);
}

TEST_CASE("a queue keeps every item and the order while it grows, and drops what nobody got") {
    const auto counted = std::make_shared<int>(0);
    {
        queue<std::pair<int, std::shared_ptr<int>>> q;
        int in = 0;
        int out = 0;
        bool ordered = true;
        for (int round = 1; round <= 40; ++round) {  // three in, one out, so that it wraps around
            for (int i = 0; i < 3; ++i) q.put_nowait({in++, counted});
            ordered = ordered && q.get_nowait().first == out++;
        }
        CHECK(ordered);
        CHECK(q.qsize() == 80);
        CHECK(counted.use_count() == 81);
    }
    CHECK(counted.use_count() == 1);
}

TEST_CASE("an operation that need not wait takes no turn") {
    in_task([]() -> coro<> {
        queue<int> q;
        const nurt_test::loop_probe probe;
        for (int i = 0; i < 10; ++i) {
            co_await q.put(i);
            co_await q.get();
        }
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("an item goes straight to the longest waiting getter: nobody gets in between") {
    in_task([]() -> coro<> {
        queue<int> q;
        const task<int> a = create_task(get_one, std::ref(q));
        const task<int> b = create_task(get_one, std::ref(q));
        co_await yields();
        q.put_nowait(1);
        q.put_nowait(2);
        CHECK(q.empty());
        CHECK_THROWS_AS(q.get_nowait(), queue_empty);
        CHECK(co_await b == 2);
        CHECK(co_await a == 1);
    });
}

TEST_CASE("a loop over next ends when the queue is shut down and empty") {
    in_task([]() -> coro<> {
        queue<std::string> q(1);
        const auto produce = [](queue<std::string>& mine) -> coro<> {
            for (const char* word : {"a", "b", "c"}) co_await mine.put(word);
            mine.shutdown();
        };
        const task<> producer = create_task(produce, std::ref(q));
        std::string all;
        while (auto item = co_await q.next()) all += *item;
        CHECK(all == "abc");
        co_await producer;
    });
}

TEST_CASE("a priority_queue orders by what it is told, also what waited to be put") {
    struct later {
        bool operator()(const std::string& a, const std::string& b) const { return b < a; }
    };
    in_task([]() -> coro<> {
        priority_queue<std::string, later> q(1);
        q.put_nowait("a");
        const auto put = [](priority_queue<std::string, later>& mine, std::string what) -> coro<> {
            co_await mine.put(std::move(what));
        };
        const task<> b = create_task(put, std::ref(q), std::string("b"));
        const task<> c = create_task(put, std::ref(q), std::string("c"));
        co_await yields();
        std::string all;
        for (int i = 0; i < 3; ++i) all += co_await q.get();
        CHECK(all == "abc");
        for (const char* s : {"x"}) co_await q.put(s);
        CHECK(q.get_nowait() == "x");
        co_await b;
        co_await c;
    });
}

// As when main returns and its locals go before the tasks that it left behind are cancelled.
TEST_CASE("who waits on a queue that is gone can still be cancelled") {
    in_task([]() -> coro<> {
        std::vector<task<int>> getters;
        {
            queue<int> q;
            for (int i = 0; i < 2; ++i) getters.push_back(create_task(get_one, std::ref(q)));
            co_await yields();
        }
        co_await yields(2);
        for (const task<int>& t : getters) t.cancel();
        CHECK(co_await end_of(getters[0]) == "[cancelled: ]");
        CHECK(co_await end_of(getters[1]) == "[cancelled: ]");
    });
}

TEST_CASE(
    "a worker that still waits when the loop ends is cancelled, after the queue of main has gone") {
    std::string log;
    in_task([&]() -> coro<> {
        queue<int> q;
        const auto work = [](queue<int>& mine, std::string& out) -> coro<> {
            try {
                while (auto item = co_await mine.next()) out += std::to_string(*item);
            } catch (const cancelled_error&) {
                out += 'c';
                throw;
            }
        };
        create_task(work, std::ref(q), std::ref(log)).detach();
        co_await yields();
        q.put_nowait(1);
        co_await yields();
    });
    CHECK(log == "1c");
}

// SPDX-License-Identifier: MIT
// tests/parity/oracle/queues.cpp: queues.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

template <class Queue>
void show_order() {
    Queue q;
    for (const int item : {3, 1, 4, 2}) q.put_nowait(item);
    std::vector<int> items;
    while (!q.empty()) items.push_back(q.get_nowait());
    say(items, q.empty());
}

const program order("queues/order", []() -> coro<> {
    show_order<queue<int>>();
    show_order<lifo_queue<int>>();
    show_order<priority_queue<int>>();
    co_return;
});

coro<> put_five(queue<int>& q) {
    for (int i = 0; i < 5; ++i) {
        co_await q.put(i);
        say("put", i);
    }
}

const program full("queues/full", []() -> coro<> {
    queue<int> q(2);
    const task<> producer = create_task(put_five(q));
    co_await sleep(seconds(1));
    say(q.qsize(), q.full(), q.maxsize());
    for (int i = 0; i < 5; ++i) {
        co_await sleep(seconds(1));
        const int item = co_await q.get();
        say("got", item);
    }
    co_await producer;
});

template <class Error, class Action>
void attempt(Action action) {
    try {
        action();
    } catch (const Error&) {
        say(caught());
    }
}

const program nowait("queues/nowait", []() -> coro<> {
    queue<int> q(1);
    attempt<queue_empty>([&] { q.get_nowait(); });
    q.put_nowait(1);
    attempt<queue_full>([&] { q.put_nowait(2); });
    queue<int> unbounded(-1);
    for (int i = 0; i < 100; ++i) unbounded.put_nowait(i);
    say(unbounded.qsize(), unbounded.full());
    co_return;
});

coro<> take_one(queue<int>& q, const char* name) {
    try {
        const int item = co_await q.get();
        say(name, "got", item);
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
    }
}

std::vector<task<>> takers(queue<int>& q, std::vector<const char*> names) {
    std::vector<task<>> tasks;
    for (const char* name : names) tasks.push_back(create_task(take_one(q, name)));
    return tasks;
}

const program getters_in_order("queues/getters_in_order", []() -> coro<> {
    queue<int> q;
    const auto tasks = takers(q, std::vector<const char*>{"a", "b", "c"});
    co_await sleep(seconds(1));
    for (int i = 0; i < 3; ++i) q.put_nowait(i);
    say("put");
    co_await wait(tasks);
});

const program cancelled_getter("queues/cancelled_getter", []() -> coro<> {
    queue<int> q;
    const auto tasks = takers(q, std::vector<const char*>{"a", "b", "c"});
    co_await sleep(seconds(1));
    tasks[0].cancel();
    q.put_nowait(1);
    co_await sleep(seconds(1));
    q.put_nowait(2);
    co_await wait(tasks);
});

const program cancelled_when_served("queues/getter_cancelled_when_served", []() -> coro<> {
    queue<int> q;
    const auto tasks = takers(q, std::vector<const char*>{"a", "b"});
    co_await sleep(seconds(1));
    q.put_nowait(1);
    tasks[0].cancel();
    co_await sleep(seconds(1));
    q.put_nowait(2);
    co_await wait(tasks, {.timeout = seconds(1)});
    say(tasks[0].done(), tasks[1].done(), q.qsize());
});

coro<> put_one(queue<int>& q, int item) {
    try {
        co_await q.put(item);
        say("put", item);
    } catch (const cancelled_error&) {
        say(item, "is cancelled");
    }
}

const program cancelled_putter("queues/cancelled_putter", []() -> coro<> {
    queue<int> q(1);
    std::vector<task<>> tasks;
    for (int item = 1; item <= 4; ++item) tasks.push_back(create_task(put_one(q, item)));
    co_await sleep(seconds(1));
    tasks[1].cancel();
    co_await sleep(seconds(1));
    for (int i = 0; i < 3; ++i) {
        const int item = co_await q.get();
        say("got", item);
        co_await sleep(seconds(1));
    }
});

coro<> work_off(queue<int>& q) {
    while (true) {
        const int item = co_await q.get();
        co_await sleep(seconds(item));
        say("done", item);
        q.task_done();
    }
}

const program join("queues/join", []() -> coro<> {
    queue<int> q;
    co_await q.join();
    say("nothing to do");
    for (const int item : {1, 2, 3}) q.put_nowait(item);
    const task<> first = create_task(work_off(q));
    const task<> second = create_task(work_off(q));
    co_await q.join();
    say("all done");
    first.cancel();
    second.cancel();
    attempt<usage_error>([&] { q.task_done(); });
});

coro<> put(queue<int>& q, int item) {
    co_await q.put(item);
}

coro<int> get(queue<int>& q) {
    co_return co_await q.get();
}

const program shutdown("queues/shutdown", []() -> coro<> {
    queue<int> q(1);
    q.put_nowait(1);
    const task<> putter = create_task(put(q, 2));
    co_await sleep(seconds(1));
    q.shutdown();
    co_await tell("putter", putter);
    co_await tell("put", put(q, 3));
    co_await tell("get", get(q));
    co_await tell("get", get(q));
    attempt<queue_shut_down>([&] { q.get_nowait(); });
});

const program shutdown_empty("queues/shutdown_empty", []() -> coro<> {
    queue<int> q;
    const task<int> first = create_task(get(q));
    const task<int> second = create_task(get(q));
    co_await sleep(seconds(1));
    q.shutdown();
    co_await tell("getter", first);
    co_await tell("getter", second);
});

coro<> join_and_say(queue<int>& q) {
    co_await q.join();
    say("joined");
}

const program shutdown_immediate("queues/shutdown_immediate", []() -> coro<> {
    queue<int> q;
    for (int i = 0; i < 3; ++i) q.put_nowait(i);
    const task<> joiner = create_task(join_and_say(q));
    const int item = co_await q.get();
    say("got", item);
    co_await sleep(seconds(1));
    q.shutdown(true);
    say(q.qsize());
    co_await tell("get", get(q));
    co_await sleep(seconds(1));
    say("finishes the one that was got");
    q.task_done();
    co_await joiner;
});

coro<> produce(queue<std::string>& q, const char* name, int every) {
    for (int i = 0; i < 3; ++i) {
        co_await sleep(milliseconds(every));
        co_await q.put(name + std::to_string(i));
        say(name, "has put", i);
    }
}

coro<> consume(queue<std::string>& q, const char* name, int takes) {
    for (int i = 0; i < takes; ++i) {
        const std::string item = co_await q.get();
        say(name, "got", item);
        co_await sleep(milliseconds(1100));
    }
}

const program producers_and_consumers("queues/producers_and_consumers", []() -> coro<> {
    queue<std::string> q(1);
    co_await gather(produce(q, "a", 500), produce(q, "b", 700), consume(q, "x", 3),
                    consume(q, "y", 3));
});

}  // namespace

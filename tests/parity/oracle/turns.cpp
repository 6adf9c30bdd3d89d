// SPDX-License-Identifier: MIT
// tests/parity/oracle/turns.cpp: the golden table of turns.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::program;
using oracle::say;
using oracle::turns;

namespace {

coro<> nothing() {
    co_return;
}

coro<int> one() {
    co_return 1;
}

coro<> one_yield() {
    co_await sleep(duration::zero());
}

coro<> runs() {
    say("runs");
    co_return;
}

coro<int> runs_to_one() {
    say("runs");
    co_return 1;
}

coro<> sleeper() {
    co_await sleep(seconds(1000));
}

const program awaits("turns/awaits", []() -> coro<> {
    auto before = turns();
    co_await nothing();
    say("a coroutine that never suspends:", turns() - before);
    before = turns();
    co_await sleep(duration::zero());
    say("sleep(0):", turns() - before);
    before = turns();
    co_await sleep(seconds(-1));
    say("sleep(-1):", turns() - before);
    future<> done;
    done.set_result();
    before = turns();
    co_await done;
    say("a done future:", turns() - before);
});

const program new_tasks("turns/new_tasks", []() -> coro<> {
    auto before = turns();
    co_await create_task(runs());
    say("immediate:", turns() - before);
    before = turns();
    co_await create_task(one_yield());
    say("one sleep(0):", turns() - before);
    const task<> done = create_task(runs());
    co_await done;
    before = turns();
    co_await done;
    say("done:", turns() - before);
});

const program gathers("turns/gathers", []() -> coro<> {
    auto before = turns();
    const auto single = co_await gather(one());
    say(single);
    say("one:", turns() - before);
    before = turns();
    const auto triple = co_await gather(one(), one(), one());
    say(triple);
    say("three:", turns() - before);
    before = turns();
    const auto none = co_await gather();
    say(none);
    say("none:", turns() - before);
    const task<int> done = create_task(one());
    co_await done;
    before = turns();
    const auto twice = co_await gather(done, done);
    say(twice);
    say("all done:", turns() - before);
    before = turns();
    const auto mixed = co_await gather(done, one());
    say(mixed);
    say("one of them done:", turns() - before);
});

const program waits("turns/waits", []() -> coro<> {
    auto before = turns();
    task<> fresh = create_task(nothing());
    std::vector<task<>> all;
    all.push_back(fresh);
    co_await wait(all);
    say("a new task:", turns() - before);
    before = turns();
    const auto again = co_await wait(all);
    say("a done task:", turns() - before, again.done.size(), again.pending.size());
    all[0] = create_task(nothing());
    before = turns();
    all.push_back(create_task(sleeper()));
    const auto first = co_await wait(all, {.return_when = return_when::first_completed});
    say("the first of two:", turns() - before, first.done.size(), first.pending.size());
});

const program wait_fors("turns/wait_fors", []() -> coro<> {
    auto before = turns();
    const int in_time = co_await wait_for(runs_to_one(), seconds(10));
    say(in_time);
    say("10 seconds:", turns() - before);
    before = turns();
    const int unlimited = co_await wait_for(runs_to_one(), duration::max());
    say(unlimited);
    say("no limit:", turns() - before);
    before = turns();
    try {
        co_await wait_for(runs_to_one(), duration::zero());
    } catch (const timeout_error&) {
        say(caught());
    }
    say("no time:", turns() - before);
    const task<int> done = create_task(runs_to_one());
    co_await done;
    before = turns();
    const int result = co_await wait_for(done, duration::zero());
    say(result);
    say("a done task, no time:", turns() - before);
});

const program shields("turns/shields", []() -> coro<> {
    auto before = turns();
    const int fresh = co_await shield(one());
    say(fresh);
    say("immediate:", turns() - before);
    const task<int> done = create_task(one());
    co_await done;
    before = turns();
    const int again = co_await shield(done);
    say(again);
    say("done:", turns() - before);
});

const program groups("turns/groups", []() -> coro<> {
    auto before = turns();
    co_await with(task_group(), [](task_group&) -> coro<> { co_return; });
    say("empty:", turns() - before);
    before = turns();
    co_await with(task_group(), [](task_group& group) -> coro<> {
        for (int i = 0; i < 3; ++i) group.create_task(nothing()).detach();
        co_return;
    });
    say("three immediate tasks:", turns() - before);
    before = turns();
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(one_yield()).detach();
        co_return;
    });
    say("one with a yield:", turns() - before);
    before = turns();
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(nothing()).detach();
        co_await sleep(duration::zero());
        co_await sleep(duration::zero());
    });
    say("a body that is slower:", turns() - before);
});

const program timeouts("turns/timeouts", []() -> coro<> {
    auto before = turns();
    co_await timeout(seconds(10), []() -> coro<> { co_return; });
    co_await timeout(duration::zero(), []() -> coro<> { co_return; });
    co_await timeout(duration::max(), []() -> coro<> { co_return; });
    say("empty bodies:", turns() - before);
    before = turns();
    try {
        co_await timeout(duration::zero(), []() -> coro<> {
            co_await sleep(duration::zero());
            say("never said");
        });
    } catch (const timeout_error&) {
        say(caught(), "after", turns() - before);
    }
    before = turns();
    try {
        co_await timeout(seconds(-1), []() -> coro<> { co_await sleep(duration::zero()); });
    } catch (const timeout_error&) {
        say(caught(), "after", turns() - before);
    }
});

const program free_primitives("turns/free_primitives", []() -> coro<> {
    lock l;
    event e;
    semaphore s(1);
    condition c;
    queue<int> q;
    barrier b(1);
    e.set();
    auto guard = co_await l.acquire();
    co_await e.wait();
    auto permit = co_await s.acquire();
    auto held = co_await c.acquire();
    co_await q.put(7);
    const int got = co_await q.get();
    say("got", got);
    const auto index = co_await b.wait();
    say("barrier", index);
    say("turns:", turns());
});

const program cancels("turns/cancels", []() -> coro<> {
    const task<> sleeping = create_task(sleeper());
    co_await sleep(duration::zero());
    auto before = turns();
    sleeping.cancel();
    try {
        co_await sleeping;
    } catch (const cancelled_error&) {
        say(caught(), "after", turns() - before);
    }
    const task<> unstarted = create_task(sleeper());
    before = turns();
    unstarted.cancel();
    try {
        co_await unstarted;
    } catch (const cancelled_error&) {
        say(caught(), "after", turns() - before);
    }
});

struct things {
    lock l;
    event e;
    semaphore s{0};
    queue<int> q;
    future<> f;
};

coro<> after_lock(things& t) {
    auto guard = co_await t.l.acquire();
    guard.detach();
    say("lock");
}

coro<> after_event(things& t) {
    co_await t.e.wait();
    say("event");
}

coro<> after_semaphore(things& t) {
    auto permit = co_await t.s.acquire();
    permit.detach();
    say("semaphore");
}

coro<> after_queue(things& t) {
    co_await t.q.get();
    say("queue");
}

coro<> after_future(things& t) {
    co_await t.f;
    say("future");
}

const program handovers("turns/handovers", []() -> coro<> {
    things t;
    auto guard = co_await t.l.acquire();
    guard.detach();
    std::vector<task<>> tasks;
    tasks.push_back(create_task(after_lock(t)));
    tasks.push_back(create_task(after_event(t)));
    tasks.push_back(create_task(after_semaphore(t)));
    tasks.push_back(create_task(after_queue(t)));
    tasks.push_back(create_task(after_future(t)));
    co_await sleep(duration::zero());
    say("releases");
    t.f.set_result();
    t.q.put_nowait(1);
    t.s.release();
    t.e.set();
    t.l.release();
    for (const task<>& each : tasks) co_await each;
    say("all");
});

}  // namespace

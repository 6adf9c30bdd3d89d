// SPDX-License-Identifier: MIT
// tests/parity/oracle/locks.cpp: locks, events, conditions, semaphores and barriers.
#include <algorithm>

#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

coro<> yield() {
    co_await sleep(duration::zero());
}

template <class Work>
std::vector<task<>> tasks_of(const std::vector<const char*>& names, Work work) {
    std::vector<task<>> tasks;
    for (const char* name : names) tasks.push_back(create_task(work(name)));
    return tasks;
}

coro<> all_of(std::vector<task<>> tasks) {
    for (const task<>& each : tasks) co_await each;
}

coro<> in_turn(lock& l, const char* name, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        auto guard = co_await l.acquire();
        say(name, i);
        co_await yield();
    }
}

const program lock_order("locks/lock_order", []() -> coro<> {
    lock l;
    co_await gather(in_turn(l, "a", 3), in_turn(l, "b", 3), in_turn(l, "c", 3));
    say(l.locked());
});

coro<> take_once(lock& l) {
    auto guard = co_await l.acquire();
    say("waiter");
}

const program lock_no_overtaking("locks/lock_no_overtaking", []() -> coro<> {
    lock l;
    auto guard = co_await l.acquire();
    const task<> waiter = create_task(take_once(l));
    co_await yield();
    guard.release();
    guard = co_await l.acquire();
    say("main");
    guard.release();
    co_await waiter;
});

coro<> hold_for_a_second(lock& l, const char* name) {
    try {
        auto guard = co_await l.acquire();
        say(name, "has it");
        co_await sleep(seconds(1));
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
    }
}

const program lock_cancelled_waiters("locks/lock_cancelled_waiters", []() -> coro<> {
    lock l;
    const auto work = [&](const char* name) { return hold_for_a_second(l, name); };
    const auto tasks = tasks_of({"a", "b", "c", "d"}, work);
    co_await yield();
    tasks[1].cancel();
    co_await sleep(milliseconds(500));
    tasks[2].cancel();
    co_await all_of(tasks);
    say(l.locked());
});

template <class Action>
void attempt(Action action) {
    try {
        action();
    } catch (const usage_error&) {
        say(caught());
    }
}

const program lock_misuse("locks/lock_misuse", []() -> coro<> {
    lock l;
    attempt([&] { l.release(); });
    {
        auto guard = co_await l.acquire();
        say(l.locked());
    }
    say(l.locked());
});

coro<> wait_for_event(event& e, const char* name) {
    co_await e.wait();
    say(name, e.is_set());
}

const program event_wakes_all("locks/event_wakes_all", []() -> coro<> {
    event e;
    const auto work = [&](const char* name) { return wait_for_event(e, name); };
    const auto tasks = tasks_of({"a", "b", "c"}, work);
    co_await yield();
    e.set();
    e.clear();
    say("set and cleared");
    co_await all_of(tasks);
    const task<> late = create_task(work("late"));
    co_await sleep(seconds(1));
    e.set();
    co_await late;
    co_await work("main");
});

coro<> wait_once(event& e) {
    co_await e.wait();
}

const program event_cancelled_waiter("locks/event_cancelled_waiter", []() -> coro<> {
    event e;
    const task<> a = create_task(wait_once(e));
    const task<> b = create_task(wait_once(e));
    co_await yield();
    a.cancel();
    e.set();
    co_await tell("a", a);
    say(b.done() && !b.cancelled());
});

coro<> wait_for_notice(condition& c, const char* name) {
    auto guard = co_await c.acquire();
    co_await c.wait();
    say(name, "goes on");
    co_await sleep(seconds(1));
}

const program condition_notify("locks/condition_notify", []() -> coro<> {
    condition c;
    const auto work = [&](const char* name) { return wait_for_notice(c, name); };
    const auto tasks = tasks_of({"a", "b", "c", "d"}, work);
    co_await yield();
    {
        auto guard = co_await c.acquire();
        c.notify(2);
        say("notified two");
    }
    co_await sleep(seconds(5));
    {
        auto guard = co_await c.acquire();
        c.notify_all();
        say("notified all");
    }
    co_await all_of(tasks);
});

coro<> wait_and_say(condition& c) {
    auto guard = co_await c.acquire();
    try {
        co_await c.wait();
    } catch (const cancelled_error&) {
        say("has the lock:", c.locked());
        throw;
    }
}

const program condition_cancelled("locks/condition_cancelled", []() -> coro<> {
    condition c;
    const task<> t = create_task(wait_and_say(c));
    co_await yield();
    auto guard = co_await c.acquire();
    t.cancel("first");
    co_await sleep(seconds(1));
    t.cancel("second");
    co_await sleep(seconds(1));
    say("releases");
    guard.release();
    co_await tell("waiter", t);
    say(c.locked());
});

coro<> wait_for_items(condition& c, const std::vector<int>& items) {
    auto guard = co_await c.acquire();
    const auto got = co_await c.wait_for([&items] { return items.size(); });
    say("got", got);
}

const program condition_wait_for("locks/condition_wait_for", []() -> coro<> {
    condition c;
    std::vector<int> items;
    const task<> t = create_task(wait_for_items(c, items));
    co_await sleep(seconds(1));
    {
        auto guard = co_await c.acquire();
        c.notify();
    }
    co_await sleep(seconds(1));
    {
        auto guard = co_await c.acquire();
        items.push_back(1);
        c.notify();
    }
    co_await t;
});

coro<> wait_without_lock(condition& c) {
    co_await c.wait();
}

const program condition_misuse("locks/condition_misuse", []() -> coro<> {
    condition c;
    co_await tell("wait", wait_without_lock(c));
    attempt([&] { c.notify(); });
});

coro<> notified_or_cancelled(condition& c, const char* name) {
    auto guard = co_await c.acquire();
    try {
        co_await c.wait();
        say(name, "was notified");
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
    }
}

const program notified_then_cancelled("locks/condition_notified_then_cancelled", []() -> coro<> {
    condition c;
    const task<> a = create_task(notified_or_cancelled(c, "a"));
    const task<> b = create_task(notified_or_cancelled(c, "b"));
    co_await yield();
    {
        auto guard = co_await c.acquire();
        c.notify();
    }
    a.cancel();
    co_await sleep(seconds(1));
    say(a.done(), b.done());
    b.cancel();
    co_await sleep(seconds(1));
});

coro<> in_for_a_second(semaphore& s, const char* name) {
    auto permit = co_await s.acquire();
    say(name, "is in");
    co_await sleep(seconds(1));
}

const program semaphore_order("locks/semaphore_order", []() -> coro<> {
    semaphore s(2);
    const auto work = [&](const char* name) { return in_for_a_second(s, name); };
    auto tasks = tasks_of({"a", "b", "c", "d", "e"}, work);
    co_await all_of(std::move(tasks));
});

coro<> stay_in(semaphore& s, const char* name) {
    auto permit = co_await s.acquire();
    permit.detach();
    say(name, "is in", s.locked());
}

const program semaphore_no_overtaking("locks/semaphore_no_overtaking", []() -> coro<> {
    semaphore s(0);
    const task<> a = create_task(stay_in(s, "a"));
    co_await yield();
    s.release();
    say(s.locked());
    const task<> b = create_task(stay_in(s, "b"));
    co_await sleep(seconds(1));
    say("releases");
    s.release();
    co_await sleep(seconds(1));
    co_await a;
    co_await b;
});

coro<> say_in(semaphore& s, const char* name) {
    auto permit = co_await s.acquire();
    permit.detach();
    say(name, "is in");
}

const program semaphore_wakes_several("locks/semaphore_wakes_several", []() -> coro<> {
    semaphore s(0);
    const auto work = [&](const char* name) { return say_in(s, name); };
    const auto tasks = tasks_of({"a", "b", "c", "d"}, work);
    co_await yield();
    for (int i = 0; i < 3; ++i) s.release();
    co_await sleep(seconds(1));
    const auto in =
        std::count_if(tasks.begin(), tasks.end(), [](const task<>& t) { return t.done(); });
    say(in, s.locked());
    s.release();
    co_await all_of(tasks);
});

coro<> in_or_cancelled(semaphore& s, const char* name) {
    try {
        auto permit = co_await s.acquire();
        permit.detach();
        say(name, "is in");
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
    }
}

const program semaphore_cancelled("locks/semaphore_cancelled", []() -> coro<> {
    semaphore s(0);
    const auto work = [&](const char* name) { return in_or_cancelled(s, name); };
    const auto tasks = tasks_of({"a", "b", "c"}, work);
    co_await yield();
    tasks[0].cancel();
    s.release();
    co_await sleep(seconds(1));
    tasks[2].cancel();
    co_await sleep(seconds(1));
    s.release();
    say(s.locked());
});

const program granted_then_cancelled("locks/semaphore_granted_then_cancelled", []() -> coro<> {
    semaphore s(0);
    const task<> a = create_task(in_or_cancelled(s, "a"));
    const task<> b = create_task(in_or_cancelled(s, "b"));
    co_await yield();
    s.release();
    a.cancel();
    co_await sleep(seconds(1));
    say(a.done(), b.done());
    b.cancel();
    co_await sleep(seconds(1));
});

const program bounded("locks/bounded_semaphore", []() -> coro<> {
    bounded_semaphore s(1);
    attempt([&] { s.release(); });
    {
        auto permit = co_await s.acquire();
        say(s.locked());
    }
    say(s.locked());
    attempt([] { const semaphore negative(static_cast<std::size_t>(-1)); });
});

coro<> two_rounds(barrier& b, const char* name, int delay) {
    for (int i = 0; i < 2; ++i) {
        co_await sleep(seconds(delay));
        say(name, "comes");
        const auto index = co_await b.wait();
        say(name, index);
    }
}

const program barrier_rounds("locks/barrier_rounds", []() -> coro<> {
    barrier b(3);
    co_await gather(two_rounds(b, "a", 1), two_rounds(b, "b", 2), two_rounds(b, "c", 3));
    say(b.n_waiting(), b.broken());
});

coro<> come_or_be_cancelled(barrier& b, const char* name) {
    try {
        const auto index = co_await b.wait();
        say(name, index);
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
    }
}

const program barrier_cancelled("locks/barrier_cancelled", []() -> coro<> {
    barrier b(3);
    const auto work = [&](const char* name) { return come_or_be_cancelled(b, name); };
    auto tasks = tasks_of({"a", "b"}, work);
    co_await sleep(seconds(1));
    say(b.n_waiting());
    tasks[1].cancel();
    co_await sleep(seconds(1));
    say(b.n_waiting());
    tasks.push_back(create_task(work("c")));
    tasks.push_back(create_task(work("d")));
    co_await all_of(tasks);
});

coro<std::size_t> come(barrier& b) {
    co_return co_await b.wait();
}

const program barrier_reset("locks/barrier_reset", []() -> coro<> {
    barrier b(2);
    const auto first = create_task(come(b));
    co_await sleep(seconds(1));
    b.reset();
    co_await tell("a", first);
    say(b.broken(), b.n_waiting());
    const auto second = create_task(come(b));
    const auto third = create_task(come(b));
    co_await tell("b", second);
    co_await tell("c", third);
});

const program barrier_abort("locks/barrier_abort", []() -> coro<> {
    barrier b(2);
    const auto first = create_task(come(b));
    co_await sleep(seconds(1));
    b.abort();
    co_await tell("a", first);
    say(b.broken());
    co_await tell("main", come(b));
    b.reset();
    say(b.broken());
    const auto second = create_task(come(b));
    co_await sleep(seconds(1));
    co_await tell("main", come(b));
    co_await tell("b", second);
});

}  // namespace

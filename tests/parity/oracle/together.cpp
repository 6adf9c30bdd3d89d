// SPDX-License-Identifier: MIT
// tests/parity/oracle/together.cpp: gather, wait, as_completed and shield.
#include <algorithm>

#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

coro<> sleeper() {
    co_await sleep(seconds(1000));
}

coro<std::string> ends(const char* name, int delay) {
    co_await sleep(seconds(delay));
    say(name, "ends");
    co_return name;
}

coro<std::string> quiet(const char* name, int delay) {
    co_await sleep(seconds(delay));
    co_return name;
}

coro<std::string> fail(const char* name, int delay) {
    co_await sleep(seconds(delay));
    throw oops(name);
}

coro<> tick(int delay) {
    co_await sleep(seconds(delay));
}

coro<> fail_void(const char* name, int delay) {
    co_await sleep(seconds(delay));
    throw oops(name);
}

coro<int> seven(int delay) {
    co_await sleep(seconds(delay));
    co_return 7;
}

const program gather_order("together/gather_order", []() -> coro<> {
    const auto names = co_await gather(ends("a", 3), ends("b", 1), ends("c", 2));
    say(names);
});

coro<> goes_on(const char* name, int delay) {
    co_await sleep(seconds(delay));
    say(name, "goes on");
}

const program gather_error("together/gather_error", []() -> coro<> {
    co_await tell("gather", gather(goes_on("a", 3), fail("b", 1), fail("c", 2)));
    co_await sleep(seconds(5));
    say("main");
});

template <class T>
std::string text_of(const result<T>& r) {
    return r ? oracle::text(const_cast<result<T>&>(r).value()) : oracle::text(r.error());
}

coro<int> sleep_long() {
    co_return co_await sleep(seconds(1000), 0);
}

const program gather_exceptions("together/gather_exceptions", []() -> coro<> {
    const task<int> sleeping = create_task(sleep_long());
    event_loop::running().call_later(seconds(2), [sleeping] { sleeping.cancel(); });
    const auto all = co_await gather(return_exceptions, seven(1), fail("failed", 0), sleeping);
    say(oracle::list(
        {text_of(std::get<0>(all)), text_of(std::get<1>(all)), text_of(std::get<2>(all))}));
});

coro<> clean_up(const char* name, int delay) {
    const auto cleanup = [name, delay]() -> coro<> {
        say(name, "is cancelled");
        co_await sleep(seconds(delay));
        say(name, "has cleaned up");
    };
    co_await finally(sleeper, cleanup);
}

const program gather_cancelled("together/gather_cancelled", []() -> coro<> {
    auto both = gather(clean_up("a", 2), clean_up("b", 1));
    co_await sleep(seconds(1));
    say(both.cancel());
    co_await tell("gather", both);
    say(both.cancelled());
    co_await sleep(seconds(5));
});

const program gather_cancelled_exceptions("together/gather_cancelled_exceptions", []() -> coro<> {
    auto both = gather(return_exceptions, clean_up("a", 2), clean_up("b", 1));
    co_await sleep(seconds(1));
    say(both.cancel());
    try {
        co_await both;
    } catch (const cancelled_error&) {
        say("gather", caught());
    }
});

coro<> say_cancelled(const char* name) {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
        throw;
    }
}

coro<> gather_both() {
    co_await gather(say_cancelled("a"), say_cancelled("b"));
}

const program gather_awaiter_cancelled("together/gather_awaiter_cancelled", []() -> coro<> {
    const task<> t = create_task(gather_both());
    co_await sleep(seconds(1));
    t.cancel("enough");
    co_await tell("both", t);
    say(t.cancelled());
});

const program gather_child_cancelled("together/gather_child_cancelled", []() -> coro<> {
    const auto a = create_task(ends("a", 10));
    const auto b = create_task(ends("b", 10));
    const auto both = gather(a, b);
    co_await sleep(seconds(1));
    a.cancel("alone");
    co_await tell("gather", both);
    say(both.cancelled(), a.cancelled(), b.done());
    co_await b;
});

const program gather_cancel_refused("together/gather_cancel_refused", []() -> coro<> {
    const auto one = []() -> coro<int> { co_return 1; };
    const auto a = create_task(one());
    const auto b = create_task(one());
    auto both = gather(a, b);
    co_await sleep(duration::zero());
    const bool accepted = both.cancel();
    say(a.done(), b.done(), both.done(), accepted);
    co_await tell("gather", both);
});

coro<std::string> work(const char* name, int delay) {
    try {
        co_await sleep(seconds(delay));
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
        throw;
    }
    say(name, "ends");
    co_return name;
}

const program gather_nested("together/gather_nested", []() -> coro<> {
    co_await tell("values", gather(work("a", 1), gather(work("b", 2), work("c", 1))));
    co_await tell("error", gather(work("d", 3), gather(work("e", 4), fail("failed", 2))));
    auto all = gather(work("f", 10), gather(work("g", 10)));
    co_await sleep(seconds(3));
    all.cancel();
    co_await tell("cancelled", all);
});

const program gather_same_twice("together/gather_same_twice", []() -> coro<> {
    const auto run_once = []() -> coro<int> {
        say("runs");
        co_return co_await seven(1);
    };
    const task<int> t = create_task(run_once());
    const auto three = co_await gather(t, t, t);
    say(three);
});

std::vector<bool> members(const std::vector<task<>>& all, const std::vector<task<>>& some) {
    std::vector<bool> in;
    for (const task<>& t : all) in.push_back(std::find(some.begin(), some.end(), t) != some.end());
    return in;
}

coro<> show(const char* name, return_when mode) {
    std::vector<task<>> tasks;
    tasks.push_back(create_task(tick(1)));
    tasks.push_back(create_task(fail_void("failed", 2)));
    tasks.push_back(create_task(tick(3)));
    const auto sets = co_await wait(tasks, {.return_when = mode});
    say(name, members(tasks, sets.done), members(tasks, sets.pending));
    co_await wait(tasks);
    static_cast<void>(tasks[1].exception());
}

const program wait_modes("together/wait_modes", []() -> coro<> {
    co_await show("first completed", return_when::first_completed);
    co_await show("first exception", return_when::first_exception);
    co_await show("all completed", return_when::all_completed);
    std::vector<task<>> tasks;
    tasks.push_back(create_task(tick(10)));
    tasks.push_back(create_task(tick(3)));
    event_loop::running().call_later(seconds(1), [first = tasks[0]] { first.cancel(); });
    const auto sets = co_await wait(tasks, {.return_when = return_when::first_exception});
    say("a cancellation is none", sets.done.size(), sets.pending.size());
});

coro<> say_ends(int delay) {
    co_await sleep(seconds(delay));
    say("ends");
}

coro<> wait_for_all(std::vector<task<>> tasks) {
    co_await wait(std::move(tasks));
}

const program wait_timeout("together/wait_timeout", []() -> coro<> {
    std::vector<task<>> tasks;
    tasks.push_back(create_task(say_ends(1)));
    tasks.push_back(create_task(say_ends(3)));
    const auto early = co_await wait(tasks, {.timeout = seconds(2)});
    say(early.done.size(), early.pending.size());
    const task<> waiting = create_task(wait_for_all(tasks));
    co_await sleep(duration::zero());
    waiting.cancel();
    co_await tell("wait", waiting);
    co_await tasks[1];
    const auto late = co_await wait(tasks, {.timeout = duration::zero()});
    say(late.done.size(), late.pending.size());
});

coro<> set_after_a_second(future<> f) {
    co_await sleep(seconds(1));
    f.set_result();
}

const program wait_really_done("together/wait_really_done", []() -> coro<> {
    std::vector<future<>> futures(3);
    const task<> a = create_task(set_after_a_second(futures[0]));
    const task<> b = create_task(set_after_a_second(futures[1]));
    const auto sets = co_await wait(futures, {.return_when = return_when::first_completed});
    say(sets.done.size(), sets.pending.size());
    futures[2].cancel();
});

template <class... C>
auto listed(C... coroutines) {
    std::vector<std::common_type_t<C...>> all;
    (all.push_back(std::move(coroutines)), ...);
    return all;
}

const program as_completed_order("together/as_completed_order", []() -> coro<> {
    auto three = as_completed(listed(quiet("a", 3), quiet("b", 1), quiet("c", 2)));
    for (auto next : three) {
        const std::string name = co_await std::move(next);
        say(name);
    }
    auto two = as_completed(listed(quiet("d", 5), quiet("e", 4)));
    std::vector<coro<std::string>> parts;
    for (auto next : two) parts.push_back(std::move(next));
    const std::string second = co_await std::move(parts[1]);
    say("second", second);
    const std::string first = co_await std::move(parts[0]);
    say("first", first);
});

const program as_completed_same("together/as_completed_same", []() -> coro<> {
    std::vector<task<>> tasks;
    for (const int delay : {2, 3, 1}) tasks.push_back(create_task(tick(delay)));
    auto all = as_completed(tasks);
    while (true) {
        const auto done = co_await all.next();
        if (!done) break;
        say(std::find(tasks.begin(), tasks.end(), *done) - tasks.begin(), done->done());
    }
});

const program as_completed_timeout("together/as_completed_timeout", []() -> coro<> {
    std::vector<task<std::string>> tasks;
    tasks.push_back(create_task(ends("a", 1)));
    tasks.push_back(create_task(ends("b", 3)));
    tasks.push_back(create_task(ends("c", 4)));
    auto all = as_completed(tasks, seconds(2));
    for (auto next : all) co_await tell("next:", std::move(next));
    co_await wait(tasks);
});

const program as_completed_errors("together/as_completed_errors", []() -> coro<> {
    auto all = as_completed(listed(quiet("a", 3), fail("failed", 2), quiet("b", 1)));
    for (auto next : all) co_await tell("next:", std::move(next));
});

coro<int> seven_and_say() {
    co_await sleep(seconds(3));
    say("work ends");
    co_return 7;
}

coro<int> await_shielded(task<int> t) {
    co_return co_await shield(t);
}

const program shield_outer_cancelled("together/shield_outer_cancelled", []() -> coro<> {
    const task<int> inner = create_task(seven_and_say());
    const task<int> waiting = create_task(await_shielded(inner));
    co_await sleep(seconds(1));
    waiting.cancel("only the waiting");
    co_await tell("outer", waiting);
    say(waiting.cancelled(), inner.done());
    co_await tell("inner", inner);
});

coro<std::string> go_on_after_shield(task<> t) {
    try {
        co_await shield(t);
    } catch (const cancelled_error&) {
        say(caught(), current_task().cancelling());
    }
    co_await sleep(duration::zero());
    co_return "went on";
}

const program shield_inner_cancelled("together/shield_inner_cancelled", []() -> coro<> {
    const task<> inner = create_task(sleeper());
    const task<std::string> waiting = create_task(go_on_after_shield(inner));
    co_await sleep(seconds(1));
    inner.cancel();
    co_await tell("outer", waiting);
});

coro<> shield_a_failure() {
    co_await shield(fail("late", 3));
}

const program shield_late_error("together/shield_late_error", []() -> coro<> {
    const task<> waiting = create_task(shield_a_failure());
    co_await sleep(seconds(1));
    waiting.cancel();
    co_await tell("outer", waiting);
    co_await sleep(seconds(5));
    say("main");
});

coro<> around() {
    co_await shield(gather(work("a", 3), work("b", 4)));
}

coro<> within() {
    co_await gather(shield(work("c", 5)), work("d", 6));
}

const program shield_gather("together/shield_gather", []() -> coro<> {
    const task<> first = create_task(around());
    const task<> second = create_task(within());
    co_await sleep(seconds(1));
    first.cancel();
    second.cancel();
    co_await tell("around", first);
    co_await tell("within", second);
    co_await sleep(seconds(5));
});

coro<std::string> sleep_for_value() {
    co_return co_await sleep(seconds(1000), std::string("never"));
}

const program sleep_values("together/sleep_values", []() -> coro<> {
    const auto value = co_await sleep(seconds(1), "value");
    say(value);
    const int number = co_await sleep(duration::zero(), 7);
    say(number);
    const task<std::string> t = create_task(sleep_for_value());
    co_await sleep(seconds(1));
    t.cancel();
    co_await tell("sleep", t);
});

}  // namespace

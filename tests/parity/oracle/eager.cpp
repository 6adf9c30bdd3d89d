// SPDX-License-Identifier: MIT
// tests/parity/oracle/eager.cpp: tasks whose first step is at once, and contexts.
#include "nurt/core/stack.hpp"
#include "nurt/loop/context.hpp"
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;
using oracle::turns;

namespace {

constexpr task_options eagerly = {.eager_start = true};

coro<> yield() {
    co_await sleep(duration::zero());
}

coro<int> seven() {
    say("runs");
    co_return 7;
}

const program completion("eager/completion", []() -> coro<> {
    const task<int> t = create_task(seven(), eagerly);
    say(t.done(), t.result());
    const auto before = turns();
    co_await t;
    say("turns:", turns() - before);
    t.add_done_callback([] { say("callback"); });
    say("added");
    co_await yield();
});

coro<std::string> two_steps(const char* name) {
    say(name, "begins");
    co_await yield();
    say(name, "goes on");
    co_return name;
}

const program suspends("eager/suspends", []() -> coro<> {
    const auto a = create_task(two_steps("a"));
    const auto b = create_task(two_steps("b"), eagerly);
    const auto c = create_task(two_steps("c"), {.eager_start = false});
    say("made", a.done(), b.done());
    const std::string first = co_await a;
    const std::string second = co_await b;
    const std::string third = co_await c;
    say(first, second, third);
});

coro<> say_current() {
    say(current_task().name(), all_tasks().size());
    co_await yield();
    say(current_task().name());
}

const program current("eager/current_task", []() -> coro<> {
    const task_view me = current_task();
    const task<> t = create_task(say_current(), {.name = "eager", .eager_start = true});
    say(current_task() == me, all_tasks().size());
    co_await t;
    say(all_tasks().size());
});

coro<> fail() {
    throw oops("at once");
    co_return;
}

const program error("eager/error", []() -> coro<> {
    const task<> t = create_task(fail(), eagerly);
    say(t.done(), t.exception());
    co_await tell("task", t);
    create_task(fail(), eagerly).detach();
    co_await sleep(seconds(1));
});

coro<int> seven_after(int delay) {
    try {
        if (delay != 0) co_await sleep(seconds(delay));
    } catch (const cancelled_error&) {
        say(caught());
        throw;
    }
    co_return 7;
}

const program cancelled("eager/cancelled", []() -> coro<> {
    const task<int> done = create_task(seven_after(0), eagerly);
    say(done.cancel(), done.cancelled());
    const task<int> waiting = create_task(seven_after(10), eagerly);
    say(waiting.cancel("before its second step"));
    co_await tell("waiting", waiting);
});

coro<int> give(int value) {
    co_return value;
}

const program in_group("eager/in_group", []() -> coro<> {
    std::vector<int> values;
    co_await with(task_group(), [&](task_group& group) -> coro<> {
        for (const int v : {1, 2}) {
            values.push_back(group.create_task(give(v), eagerly).result());
        }
        co_return;
    });
    say(values);
    try {
        co_await with(task_group(), [](task_group& group) -> coro<> {
            group.create_task(fail(), eagerly).detach();
            say("goes on");
            co_await sleep(seconds(10));
            say("never said");
        });
    } catch (...) {
        say(caught());
    }
});

coro<int> give_later(int value, int delay) {
    if (delay != 0) co_await sleep(seconds(delay));
    say("ends", value);
    co_return value;
}

task<int> eager(int value, int delay = 0) {
    return create_task(give_later(value, delay), eagerly);
}

const program in_gather("eager/in_gather", []() -> coro<> {
    std::vector<task<int>> two{eager(1), eager(2)};
    const auto pair = co_await gather(std::move(two));
    say(pair);
    std::vector<task<int>> three{eager(1), eager(2, 3), eager(3, 1)};
    const auto triple = co_await gather(std::move(three));
    say(triple);
});

coro<> nest(int depth) {
    say("begins", depth);
    if (depth != 0) {
        co_await create_task(nest(depth - 1), eagerly);
    } else {
        co_await yield();
    }
    say("ends", depth);
}

const program nested("eager/nested", []() -> coro<> {
    const task<> t = create_task(nest(3), eagerly);
    say("made");
    co_await t;
});

coro<> hold(lock& l, const char* name) {
    auto guard = co_await l.acquire();
    say(name, "has it");
    co_await yield();
}

const program locks("eager/locks", []() -> coro<> {
    lock l;
    std::vector<task<>> tasks;
    for (const char* name : {"a", "b", "c"}) tasks.push_back(create_task(hold(l, name), eagerly));
    say("made");
    for (const task<>& each : tasks) co_await each;
});

const context_var<int> number("number", 0);

coro<> add_one(const char* name) {
    say(name, number.get());
    number.set(number.get() + 1);
    co_await yield();
    say(name, number.get());
}

const program tasks("contexts/tasks", []() -> coro<> {
    number.set(5);
    const task<> a = create_task(add_one("a"));
    number.set(10);
    const task<> b = create_task(add_one("b"));
    co_await a;
    co_await b;
    co_await gather(add_one("c"), add_one("d"));
    say("main", number.get());
});

coro<> set_number(int value) {
    number.set(value);
    co_await yield();
}

const program same_task("contexts/same_task", []() -> coro<> {
    co_await set_number(1);
    say(number.get());
    co_await wait_for(set_number(2), seconds(10));
    say(number.get());
    co_await timeout(seconds(10), []() -> coro<> { co_await set_number(3); });
    say(number.get());
    co_await create_task(set_number(4));
    say(number.get());
    co_await shield(set_number(5));
    say(number.get());
});

coro<> say_and_set(int value) {
    say("before", number.get());
    number.set(value);
    co_return;
}

const program explicit_("contexts/explicit", []() -> coro<> {
    number.set(1);
    const context shared = copy_context();
    number.set(2);
    co_await create_task(say_and_set(3), {.context = &shared});
    co_await create_task(say_and_set(4), {.context = &shared});
    say("main", number.get(), "shared", shared.get(number));
});

auto callback(const char* name) {
    return [name] {
        say(name, number.get());
        number.set(100);
    };
}

const program callbacks("contexts/callbacks", []() -> coro<> {
    event_loop& loop = event_loop::running();
    future<> f;
    number.set(1);
    loop.call_soon(callback("soon"));
    loop.call_later(seconds(1), callback("later"));
    f.add_done_callback(callback("done"));
    number.set(2);
    f.set_result();
    co_await sleep(seconds(2));
    say("main", number.get());
});

coro<> say_twice() {
    say(number.get());
    number.set(7);
    co_await yield();
    say(number.get());
}

const program eager_context("contexts/eager", []() -> coro<> {
    number.set(1);
    const task<> t = create_task(say_twice(), eagerly);
    say("main", number.get());
    co_await t;
    say("main", number.get());
});

void attempt(context_token<int>& token) {
    try {
        number.reset(token);
    } catch (const usage_error&) {
        say(caught());
    }
}

coro<> reset_elsewhere(context_token<int>& token) {
    attempt(token);
    co_return;
}

const program reset("contexts/reset", []() -> coro<> {
    auto token = number.set(1);
    auto inner = number.set(2);
    number.reset(inner);
    say(number.get());
    co_await create_task(reset_elsewhere(token));
    number.reset(token);
    say(number.get());
    attempt(token);
});

}  // namespace

// SPDX-License-Identifier: MIT
// tests/parity/oracle/cancel.cpp: cancellation of tasks.
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

coro<> yield() {
    co_await sleep(duration::zero());
}

const program counts("cancel/counts", []() -> coro<> {
    const task<> t = create_task(sleeper());
    co_await yield();
    const auto before = t.cancelling();
    const bool first = t.cancel();
    const auto one = t.cancelling();
    const bool second = t.cancel();
    say(before, first, one, second, t.cancelling());
    try {
        co_await t;
    } catch (const cancelled_error&) {
        say(caught());
    }
    const bool third = t.cancel();
    say(third, t.cancelled(), t.done());
});

coro<> immediate() {
    say("immediate");
    co_return;
}

const program during_own_run("cancel/during_own_run", []() -> coro<> {
    const task_view me = current_task();
    me.cancel("myself");
    co_await immediate();
    say("goes on");
    try {
        co_await yield();
        say("never said");
    } catch (const cancelled_error&) {
        say(caught(), me.cancelling());
    }
    say(me.uncancel());
    co_await yield();
    say("goes on again");
});

const program ready_leaves("cancel/ready_leaves", []() -> coro<> {
    const task_view me = current_task();
    event e;
    e.set();
    me.cancel();
    try {
        co_await e.wait();
        say("the event is set");
        co_await yield();
        say("never said");
    } catch (const cancelled_error&) {
        say(caught());
    }
    me.uncancel();
});

coro<int> cancel_and_return() {
    current_task().cancel();
    co_return 7;
}

const program at_the_end("cancel/at_the_end", []() -> coro<> {
    const task<int> t = create_task(cancel_and_return());
    co_await tell("work", t);
    say(t.cancelled());
});

coro<> say_never() {
    say("never said");
    co_return;
}

const program before_first_step("cancel/before_first_step", []() -> coro<> {
    const task<> t = create_task(say_never());
    say(t.cancel("early"));
    co_await tell("work", t);
    say(t.cancelled());
});

coro<> wait_and_go_on(future<int> f) {
    const int value = co_await f;
    say("got", value);
    co_await yield();
    say("went on");
}

const program after_the_result("cancel/after_the_result", []() -> coro<> {
    future<int> f;
    const task<> t = create_task(wait_and_go_on(f));
    co_await yield();
    f.set_result(7);
    t.cancel();
    co_await tell("waiter", t);
});

coro<int> swallow() {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say("caught", caught());
    }
    co_await sleep(seconds(1));
    co_return 7;
}

const program swallowed("cancel/swallowed", []() -> coro<> {
    const task<int> t = create_task(swallow());
    co_await sleep(seconds(1));
    t.cancel("please");
    co_await tell("work", t);
    say(t.cancelled(), t.cancelling());
});

coro<> replace() {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        throw oops("instead");
    }
}

const program replaced("cancel/replaced", []() -> coro<> {
    const task<> t = create_task(replace());
    co_await yield();
    t.cancel();
    co_await tell("work", t);
    say(t.cancelled());
});

coro<> raise_by_hand() {
    throw cancelled_error(shared_text("by hand"));
    co_return;
}

const program raised_by_hand("cancel/raised_by_hand", []() -> coro<> {
    const task<> t = create_task(raise_by_hand());
    co_await tell("work", t);
    say(t.cancelled(), t.cancelling());
});

coro<int> take_back() {
    const task_view me = current_task();
    me.cancel();
    me.cancel();
    const auto two = me.cancelling();
    const auto one = me.uncancel();
    const auto none = me.uncancel();
    say(two, one, none, me.uncancel());
    co_await yield();
    say("goes on");
    co_return 7;
}

const program uncancelled("cancel/uncancelled", []() -> coro<> {
    const task<int> t = create_task(take_back());
    co_await tell("work", t);
    say(t.cancelled());
});

coro<> inner() {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say("inner is cancelled");
        throw;
    }
}

coro<> middle(task<> t) {
    try {
        co_await t;
    } catch (const cancelled_error&) {
        say("middle is cancelled, inner", t.cancelled());
        throw;
    }
}

const program chain("cancel/chain", []() -> coro<> {
    const task<> a = create_task(inner());
    const task<> b = create_task(middle(a));
    const task<> c = create_task(middle(b));
    co_await sleep(seconds(1));
    say(c.cancel("all"));
    co_await tell("outer", c);
    say(a.cancelled(), b.cancelled(), c.cancelled(), a.cancelling(), c.cancelling());
});

coro<int> stubborn() {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say("no");
    }
    co_return 7;
}

coro<int> outer(task<int> t) {
    const int value = co_await t;
    say("outer goes on with", value);
    co_await yield();
    co_return value + 1;
}

const program inner_refuses("cancel/inner_refuses", []() -> coro<> {
    const task<int> refusing = create_task(stubborn());
    const task<int> t = create_task(outer(refusing));
    co_await sleep(seconds(1));
    t.cancel();
    co_await tell("outer", t);
    say(t.cancelled(), t.cancelling(), refusing.cancelled());
});

coro<> cancelled_twice() {
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say("first", caught());
    }
    try {
        co_await sleeper();
    } catch (const cancelled_error&) {
        say("second", caught());
        throw;
    }
}

const program twice("cancel/twice", []() -> coro<> {
    const task<> t = create_task(cancelled_twice());
    co_await sleep(seconds(1));
    t.cancel("a");
    co_await sleep(seconds(1));
    t.cancel("b");
    co_await tell("work", t);
    say(t.cancelled(), t.cancelling());
});

coro<> steps() {
    for (int i = 0; i < 1000; ++i) {
        co_await yield();
        say("step", i);
    }
}

const program between_yields("cancel/between_yields", []() -> coro<> {
    const task<> t = create_task(steps());
    for (int i = 0; i < 3; ++i) co_await yield();
    t.cancel();
    co_await tell("work", t);
});

coro<std::string> wait_and_say(task<> t) {
    try {
        co_await t;
    } catch (const cancelled_error&) {
        say(caught(), current_task().cancelling());
    }
    co_await yield();
    co_return "went on";
}

const program awaiter_of_cancelled("cancel/awaiter_of_cancelled", []() -> coro<> {
    const task<> sleeping = create_task(sleeper());
    const task<std::string> waiter = create_task(wait_and_say(sleeping));
    co_await yield();
    sleeping.cancel("sleeper");
    co_await tell("waiter", waiter);
    say(waiter.cancelled());
});

}  // namespace

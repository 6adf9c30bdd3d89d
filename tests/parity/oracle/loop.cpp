// SPDX-License-Identifier: MIT
// tests/parity/oracle/loop.cpp: callbacks, timers and their order.
#include "oracle.hpp"

using namespace nurt;
using oracle::oops;
using oracle::program;
using oracle::say;

namespace {

auto saying(const char* what) {
    return [what] { say(what); };
}

const program call_soon_order("loop/call_soon_order", []() -> coro<> {
    event_loop& loop = event_loop::running();
    loop.call_soon([&loop] {
        say("first");
        loop.call_soon(saying("scheduled by first"));
    });
    loop.call_soon(saying("second"));
    loop.call_soon(saying("third"));
    co_await sleep(duration::zero());
    say("main");
    co_await sleep(duration::zero());
    say("main again");
});

const program ready_before_timers("loop/ready_before_timers", []() -> coro<> {
    event_loop& loop = event_loop::running();
    loop.call_later(duration::zero(), saying("timer of no time"));
    loop.call_soon(saying("callback"));
    loop.call_later(seconds(-1), saying("timer of the past"));
    co_await sleep(duration::zero());
    say("main");
    co_await sleep(duration::zero());
    say("main again");
});

const program timer_order("loop/timer_order", []() -> coro<> {
    event_loop& loop = event_loop::running();
    loop.call_later(seconds(3), saying("three"));
    loop.call_later(seconds(1), saying("one"));
    loop.call_later(seconds(-1), saying("past"));
    loop.call_later(seconds(-2), saying("long past"));
    loop.call_later(milliseconds(2500), saying("two and a half"));
    loop.call_at(loop.time() + seconds(2), saying("two"));
    co_await sleep(seconds(4));
    say("main");
});

const program equal_deadlines("loop/equal_deadlines", []() -> coro<> {
    event_loop& loop = event_loop::running();
    const instant when = loop.time() + seconds(1);
    for (int i = 0; i < 12; ++i) loop.call_at(when, [i] { say(i); });
    co_await sleep(seconds(2));
});

const program cancelled_handles("loop/cancelled_handles", []() -> coro<> {
    event_loop& loop = event_loop::running();
    handle soon = loop.call_soon(saying("never said"));
    soon.cancel();
    soon.cancel();
    say(soon.cancelled());
    handle later = loop.call_later(seconds(1), saying("never said"));
    later.cancel();
    handle own;
    own = loop.call_soon([&own] {
        own.cancel();
        say("runs, and cancels itself");
    });
    handle other = loop.call_later(seconds(3), saying("never said"));
    loop.call_later(seconds(2), [&other] { other.cancel(); });
    co_await sleep(seconds(4));
    say(later.cancelled(), other.cancelled());
});

const program failing_callbacks("loop/failing_callbacks", []() -> coro<> {
    event_loop& loop = event_loop::running();
    const auto failing = [](const char* message) { return [message] { throw oops(message); }; };
    loop.call_soon(failing("a"));
    loop.call_soon(saying("b runs"));
    loop.call_later(seconds(1), failing("c"));
    co_await sleep(duration::zero());
    say("main");
    co_await sleep(seconds(2));
    say("main again");
});

coro<> ticks(const char* name, duration every, int count) {
    for (int i = 0; i < count; ++i) {
        co_await sleep(every);
        say(name, i);
    }
}

const program timers_and_tasks("loop/timers_and_tasks", []() -> coro<> {
    co_await gather(ticks("a", seconds(1), 5), ticks("b", milliseconds(1600), 3),
                    ticks("c", milliseconds(700), 6));
});

}  // namespace

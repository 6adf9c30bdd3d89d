// SPDX-License-Identifier: MIT
// tests/parity/oracle/generators.cpp: generators, plain and asynchronous.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;
using oracle::turns;

namespace {

generator<int, void, std::string> count() {
    say("begins");
    co_yield 1;
    co_yield 2;
    say("ends");
    co_return "done";
}

const program next_and_result("generators/next_and_result", []() -> coro<> {
    auto g = count();
    say("made");
    const auto first = g.next();
    const auto second = g.next();
    say(first, second);
    try {
        g.next_or_throw();
    } catch (const stop_iteration<std::string>& e) {
        say("returned", e.value);
    }
    say(g.next());
    co_return;
});

using maybe = std::optional<int>;

generator<maybe, maybe, int> average() {
    int total = 0, count = 0;
    maybe result;
    while (true) {
        const maybe value = co_yield result;
        if (!value) co_return count;
        total += *value;
        ++count;
        result = total / count;
    }
}

const program send("generators/send", []() -> coro<> {
    auto g = average();
    try {
        g.send(5);
    } catch (const usage_error&) {
        say(caught());
    }
    say(g.next());
    const auto first = g.send(10);
    const auto second = g.send(20);
    say(first, second, g.send(60));
    g.next();
    say("returned", g.result());
    co_return;
});

generator<std::string> stubborn() {
    say("begins");
    while (true) {
        bool handled = false;
        try {
            co_yield "value";
        } catch (const oops&) {
            say("handled", caught());
            handled = true;
        }
        if (handled) co_yield "handled";
    }
}

generator<int> weak() {
    co_yield 1;
    say("never said");
}

void throw_in(generator<int> g, bool started) {
    if (started) say(g.next());
    for (int i = 0; i < 2; ++i) {
        try {
            g.raise(oops("two"));
        } catch (const oops&) {
            say("came out", caught());
        }
    }
    say(g.next());
}

const program throwing("generators/throw", []() -> coro<> {
    auto g = stubborn();
    const auto first = g.next();
    const auto second = g.raise(oops("one"));
    say(first, second, g.next());
    throw_in(weak(), true);
    throw_in(weak(), false);
    co_return;
});

generator<int> cleans() {
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        say("cleans up");
        throw;
    }
}

generator<int, void, std::string> returns() {
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        co_return "value";
    }
    co_return "";
}

generator<int> ignores() {
    bool closed = false;
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        closed = true;
    }
    if (closed) co_yield 2;
    say("ends");
}

const program close("generators/close", []() -> coro<> {
    auto unstarted = cleans();
    unstarted.close();
    say("unstarted:", unstarted.next());
    auto g = cleans();
    g.next();
    g.close();
    g.close();
    say(g.next());
    auto r = returns();
    r.next();
    const auto value = r.close();
    say(value, r.close());
    auto i = ignores();
    i.next();
    try {
        i.close();
    } catch (const usage_error&) {
        say(caught());
    }
    say(i.next());
    co_return;
});

using text_generator = generator<std::string, int, int>;

text_generator inner() {
    try {
        int got = co_yield "inner 1";
        say("inner got", got);
        got = co_yield "inner 2";
        say("inner got", got);
    } catch (const oops&) {
        say("inner handled", caught());
    }
    co_return 7;
}

text_generator middle() {
    co_return co_await inner();
}

text_generator outer() {
    for (int i = 0; i < 2; ++i) {
        const int result = co_await middle();
        say("result", result);
    }
    co_yield "outer";
    co_return 0;
}

const program delegation("generators/delegation", []() -> coro<> {
    auto g = outer();
    say(g.next());
    say(g.send(1));
    say(g.send(2));
    say(g.raise(oops("thrown")));
    say(g.next());
    co_return;
});

generator<int> closed_inner() {
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        say("inner is closed");
        throw;
    }
}

generator<int> closed_outer() {
    try {
        co_await closed_inner();
    } catch (const generator_exit&) {
        say("outer is closed");
        throw;
    }
}

const program delegation_close("generators/delegation_close", []() -> coro<> {
    auto g = closed_outer();
    g.next();
    g.close();
    say(g.next());
    co_return;
});

generator<int> asks_itself(std::optional<generator<int>>& self) {
    try {
        self->next();
    } catch (const usage_error&) {
        say(caught());
    }
    co_yield 1;
}

const program reentered("generators/reentered", []() -> coro<> {
    std::optional<generator<int>> self;
    self = asks_itself(self);
    say(self->next());
    co_return;
});

generator<int> fails() {
    co_yield 1;
    throw oops("body");
}

generator<int> stops() {
    co_yield 1;
    throw stop_iteration<>();
}

void show_error(generator<int> g) {
    say(g.next());
    try {
        g.next();
    } catch (const std::exception&) {
        say(caught());
    }
    say(g.next());
}

const program errors("generators/errors", []() -> coro<> {
    show_error(fails());
    show_error(stops());
    co_return;
});

async_generator<int> ticks(int count) {
    for (int i = 0; i < count; ++i) {
        co_await sleep(seconds(1));
        co_yield i;
    }
    say("ends");
}

const program async_values("generators/async_values", []() -> coro<> {
    auto g = ticks(3);
    co_await for_each(g, [](int i) { say(i); });
    const auto after = co_await g.next();
    say(after);
});

async_generator<maybe, maybe> echo() {
    maybe value;
    while (true) {
        bool failed = false;
        try {
            value = co_yield value;
        } catch (const oops&) {
            say("handled", caught());
            failed = true;
        }
        if (failed) {
            co_await sleep(seconds(1));
            value = -1;
        }
    }
}

using echoing = async_generator<maybe, maybe>;

coro<maybe> asend(echoing& g, int value) {
    const auto got = co_await g.asend(value);
    co_return *got;
}

template <class E>
coro<maybe> athrow(echoing& g, E error) {
    const auto got = co_await g.athrow(std::move(error));
    co_return *got;
}

const program async_send_and_throw("generators/async_send_and_throw", []() -> coro<> {
    auto g = echo();
    co_await tell("too early", asend(g, 1));
    const auto first = co_await g.next();
    say(first);
    for (const int value : {1, 2}) {
        const maybe got = co_await asend(g, value);
        say(got);
    }
    const maybe thrown = co_await athrow(g, oops("thrown in"));
    say(thrown);
    co_await tell("a stranger", athrow(g, queue_empty()));
    const auto after = co_await g.next();
    say(after);
});

async_generator<int> async_cleans() {
    std::exception_ptr closing;
    try {
        co_yield 1;
        co_yield 2;
    } catch (...) {
        closing = std::current_exception();
    }
    say("cleans up");
    co_await sleep(seconds(1));
    say("has cleaned up");
    if (closing) std::rethrow_exception(closing);
}

async_generator<int> async_ignores() {
    bool closed = false;
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        closed = true;
    }
    if (closed) co_yield 2;
}

coro<> aclose(async_generator<int>& g) {
    co_await g.aclose();
}

const program async_close("generators/async_close", []() -> coro<> {
    auto g = async_cleans();
    const auto first = co_await g.next();
    say(first);
    co_await g.aclose();
    co_await g.aclose();
    const auto after = co_await g.next();
    say(after);
    auto unstarted = async_cleans();
    co_await unstarted.aclose();
    const auto none = co_await unstarted.next();
    say(none);
    auto i = async_ignores();
    co_await i.next();
    co_await tell("ignored", aclose(i));
});

async_generator<int> slow() {
    try {
        co_yield 1;
        co_await sleep(seconds(100));
        co_yield 2;
    } catch (const cancelled_error&) {
        say("body", caught());
        throw;
    }
}

coro<> take(async_generator<int>& g) {
    co_await for_each(g, [](int i) { say(i); });
}

const program async_cancelled("generators/async_cancelled", []() -> coro<> {
    auto g = slow();
    const task<> t = create_task(take(g));
    co_await sleep(seconds(1));
    t.cancel("enough");
    co_await tell("task", t);
    const auto after = co_await g.next();
    say(after);
});

async_generator<int> one_after_a_second() {
    co_await sleep(seconds(1));
    co_yield 1;
}

coro<int> ask(async_generator<int>& g) {
    const auto item = co_await g.next();
    co_return item.value();
}

const program async_at_once("generators/async_at_once", []() -> coro<> {
    auto g = one_after_a_second();
    const task<int> first = create_task(ask(g));
    const task<int> second = create_task(ask(g));
    co_await tell("second", second);
    co_await tell("first", first);
});

async_generator<int> hundred() {
    for (int i = 0; i < 100; ++i) co_yield i;
}

const program async_turns("generators/async_turns", []() -> coro<> {
    const auto before = turns();
    int total = 0;
    co_await for_each(hundred(), [&total](int i) { total += i; });
    say(total, turns() - before);
});

}  // namespace

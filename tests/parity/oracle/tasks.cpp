// SPDX-License-Identifier: MIT
// tests/parity/oracle/tasks.cpp: coroutines that run beside each other.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

coro<std::string> who() {
    co_return std::string(current_task().name());
}

int number_in(std::string_view name) {
    return std::stoi(std::string(name.substr(5)));
}

const program names("tasks/names", []() -> coro<> {
    const int main_number = number_in(current_task().name());
    const task<std::string> a = create_task(who());
    const task<std::string> b = create_task(who(), "berta");
    const task<std::string> c = create_task(who());
    say("a", number_in(a.name()) - main_number, "b", b.name());
    c.set_name("caesar");
    co_await a;
    const std::string second = co_await b;
    const std::string third = co_await c;
    say(second, third);
});

coro<> say_names(int steps) {
    for (int i = 0; i < steps; ++i) {
        say(current_task().name());
        co_await sleep(duration::zero());
    }
}

const program current("tasks/current", []() -> coro<> {
    const task<> a = create_task(say_names(3), "a");
    const task<> b = create_task(say_names(2), "b");
    event_loop::running().call_soon(
        [] { say("in a callback:", current_task() ? "a task" : "None"); });
    co_await a;
    co_await b;
    say("main is main:", !(current_task() == a));
});

coro<int> await_itself(std::optional<task<int>>& self) {
    co_await sleep(seconds(1));
    try {
        co_await *self;
    } catch (const usage_error&) {
        say(caught());
    }
    co_return 5;
}

const program await_itself_("tasks/await_itself", []() -> coro<> {
    std::optional<task<int>> self;
    self = create_task(await_itself(self));
    const int value = co_await *self;
    say(value);
});

coro<std::string> step(const char* name, int steps) {
    say(name, "begins");
    for (int i = 0; i < steps; ++i) {
        co_await sleep(duration::zero());
        say(name, i);
    }
    co_return name;
}

const program interleaving("tasks/interleaving", []() -> coro<> {
    std::vector<task<std::string>> tasks;
    tasks.push_back(create_task(step("a", 2)));
    tasks.push_back(create_task(step("b", 1)));
    tasks.push_back(create_task(step("c", 3)));
    say("made");
    for (const auto& each : tasks) {
        const std::string name = co_await each;
        say("ended:", name);
    }
});

coro<> fail_after_a_second() {
    co_await sleep(seconds(1));
    throw oops("failed");
}

// Not tell(), which would move the error out.
coro<> tell_again(const char* name, task<> t) {
    try {
        co_await t;
    } catch (...) {
        say(name, caught());
    }
}

const program errors("tasks/errors", []() -> coro<> {
    const task<> t = create_task(fail_after_a_second());
    co_await gather(tell_again("a", t), tell_again("b", t));
    co_await tell_again("c", t);
    say(t.done(), t.cancelled(), t.exception());
});

coro<int> three_after_a_turn() {
    co_await sleep(duration::zero());
    co_return 3;
}

coro<> say_result(const char* name, task<int> t) {
    const int value = co_await t;
    say(name, value);
}

const program callbacks_and_awaiters("tasks/callbacks_and_awaiters", []() -> coro<> {
    const task<int> t = create_task(three_after_a_turn());
    t.add_done_callback([] { say("callback 1"); });
    const task<> a = create_task(say_result("a", t));
    co_await sleep(duration::zero());
    t.add_done_callback([] { say("callback 2"); });
    const task<> b = create_task(say_result("b", t));
    co_await a;
    co_await b;
});

coro<> clean_up() {
    const auto body = []() -> coro<> { co_await sleep(seconds(1000)); };
    const auto cleanup = []() -> coro<> {
        say("is cancelled");
        co_await sleep(seconds(1));
        say("has cleaned up");
    };
    co_await finally(body, cleanup);
}

coro<> fail_in_cleanup() {
    try {
        co_await sleep(seconds(1000));
    } catch (const cancelled_error&) {
        throw oops("in the cleanup");
    }
}

std::vector<task<>>& left() {
    static std::vector<task<>> tasks;
    return tasks;
}

const program left_over("tasks/left_over", []() -> coro<> {
    left().push_back(create_task(clean_up()));
    co_await sleep(seconds(1));
    say("main");
});

const program left_over_fails("tasks/left_over_fails", []() -> coro<> {
    left().push_back(create_task(fail_in_cleanup()));
    co_await sleep(seconds(1));
    say("main");
});

coro<> fail_unheld() {
    co_await sleep(duration::zero());
    throw oops("nobody awaits me");
}

const program free_error("tasks/free_error", []() -> coro<> {
    create_task(fail_unheld()).detach();
    std::vector<task<>> kept;
    kept.push_back(create_task(fail_unheld()));
    co_await sleep(seconds(1));
    say("drops the handle");
    kept.clear();
    say("main again");
});

}  // namespace

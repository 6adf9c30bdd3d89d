// SPDX-License-Identifier: MIT
// tests/parity/oracle/futures.cpp: results that somebody sets.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;

namespace {

std::exception_ptr an_oops(const char* message) {
    return std::make_exception_ptr(oops(message));
}

const program callbacks("futures/callbacks", []() -> coro<> {
    future<int> f;
    f.add_done_callback([] { say("first"); });
    f.add_done_callback([] { say("second"); });
    f.set_result(1);
    say("set", f.done());
    co_await sleep(duration::zero());
    say("main");
    f.add_done_callback([] { say("late"); });
    say("added");
    co_await sleep(duration::zero());
    say("main again");
});

template <class Action>
void attempt(const char* name, Action action) {
    try {
        if constexpr (std::is_void_v<decltype(action())>) {
            action();
            say(name, "None");
        } else {
            say(name, action());
        }
    } catch (...) {
        say(name, caught());
    }
}

void ask(const char* result, const char* exception, const future<int>& f) {
    attempt(result, [&] { return f.result(); });
    attempt(exception, [&] { return f.exception(); });
}

const program states("futures/states", []() -> coro<> {
    future<int> f;
    ask("result of pending:", "exception of pending:", f);
    f.set_result(1);
    ask("result:", "exception:", f);
    attempt("second result:", [&] { f.set_result(2); });
    attempt("exception after result:", [&] { f.set_exception(an_oops("late")); });
    const bool refused = f.cancel();
    say("cancel:", refused, f.cancelled());
    future<int> failed;
    failed.set_exception(an_oops("failed"));
    ask("result of failed:", "exception of failed:", failed);
    future<int> cancelled;
    const bool accepted = cancelled.cancel("enough");
    say("cancel:", accepted, cancelled.cancelled(), cancelled.done());
    say("cancel again:", cancelled.cancel());
    ask("result of cancelled:", "exception of cancelled:", cancelled);
    attempt("result after cancel:", [&] { cancelled.set_result(1); });
    co_return;
});

coro<> wait_for_value(const char* name, future<int> f) {
    try {
        const int value = co_await f;
        say(name, value);
    } catch (const oops&) {
        say(name, caught());
    }
}

const program waiters("futures/waiters", []() -> coro<> {
    future<int> f, failing;
    std::vector<task<>> tasks;
    for (const char* name : {"a", "b", "c"}) tasks.push_back(create_task(wait_for_value(name, f)));
    for (const char* name : {"d", "e"}) tasks.push_back(create_task(wait_for_value(name, failing)));
    co_await sleep(duration::zero());
    failing.set_exception(an_oops("failed"));
    f.set_result(7);
    say("both set");
    for (const task<>& each : tasks) co_await each;
});

coro<> wait_for_cancel(const char* name, future<> f) {
    try {
        co_await f;
        say(name, "goes on");
    } catch (const cancelled_error&) {
        say(name, caught());
    }
}

const program cancel_message("futures/cancel_message", []() -> coro<> {
    future<> f, other;
    task<> waiter = create_task(wait_for_cancel("waiter", f));
    co_await sleep(duration::zero());
    f.cancel("from the future");
    co_await waiter;
    waiter = create_task(wait_for_cancel("waiter", other));
    co_await sleep(duration::zero());
    waiter.cancel("from the task");
    co_await waiter;
    say("the other future is cancelled:", other.cancelled());
});

const program one_waiter_cancelled("futures/one_waiter_cancelled", []() -> coro<> {
    const future<> f;
    const task<> a = create_task(wait_for_cancel("a", f));
    const task<> b = create_task(wait_for_cancel("b", f));
    co_await sleep(duration::zero());
    a.cancel();
    say("future:", f.cancelled());
    co_await sleep(duration::zero());
    say("main");
    co_await a;
    co_await b;
});

const program unretrieved("futures/unretrieved", []() -> coro<> {
    {
        future<> f;
        f.set_exception(an_oops("nobody asks"));
        say("drops it");
    }
    {
        future<> f;
        f.set_exception(an_oops("somebody asks"));
        say(f.exception());
    }
    say("main");
    co_return;
});

}  // namespace

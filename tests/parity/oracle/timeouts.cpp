// SPDX-License-Identifier: MIT
// tests/parity/oracle/timeouts.cpp: timeout, timeout_at and wait_for.
#include "oracle.hpp"

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;

namespace {

coro<> long_sleep() {
    co_await sleep(seconds(100));
}

coro<> say_and_pass(timeout_state& limit) {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        say("body", caught(), limit.expired());
        throw;
    }
}

const program basic("timeouts/basic", []() -> coro<> {
    bool expired = false;
    const auto late = [&](timeout_state& limit) -> coro<> {
        try {
            co_await say_and_pass(limit);
        } catch (const cancelled_error&) {
            expired = limit.expired();
            throw;
        }
    };
    try {
        co_await timeout(seconds(1), late);
    } catch (const timeout_error&) {
        say(caught(), expired, current_task().cancelling());
    }
    co_await timeout(seconds(5), [&](timeout_state& limit) -> coro<> {
        co_await sleep(seconds(1));
        say("in time");
        expired = limit.expired();
    });
    say(expired);
});

// Says how the body of a timeout has ended, as a finally clause around it would.
template <class Body>
coro<> limited(duration limit, Body body) {
    bool expired = false;
    const auto watched = [&](timeout_state& state) -> coro<> {
        try {
            co_await body();
        } catch (...) {
            expired = state.expired();
            throw;
        }
    };
    try {
        co_await timeout(limit, watched);
    } catch (...) {
        say(expired, current_task().cancelling());
        throw;
    }
}

coro<> limited_sleep() {
    co_await limited(seconds(10), long_sleep);
}

const program foreign_cancel("timeouts/foreign_cancel", []() -> coro<> {
    const task<> t = create_task(limited_sleep());
    co_await sleep(seconds(1));
    t.cancel("from outside");
    co_await tell("work", t);
});

coro<> clean_up_slowly() {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        say("cleans up");
    }
    co_await sleep(seconds(5));
}

coro<> limited_cleanup() {
    co_await limited(seconds(1), clean_up_slowly);
}

const program foreign_while_cleaning("timeouts/foreign_cancel_while_cleaning", []() -> coro<> {
    const task<> t = create_task(limited_cleanup());
    co_await sleep(seconds(3));
    t.cancel();
    co_await tell("work", t);
});

coro<> cancel_and_wait() {
    current_task().cancel();
    co_await timeout(duration::zero(), []() -> coro<> { co_await sleep(seconds(1)); });
}

const program pending_cancel("timeouts/pending_cancel", []() -> coro<> {
    co_await tell("work", create_task(cancel_and_wait()));
});

const program nested_same_deadline("timeouts/nested_same_deadline", []() -> coro<> {
    const instant when = event_loop::running().time() + seconds(1);
    bool expired = false;
    const auto body = [&](timeout_state& outer) -> coro<> {
        try {
            co_await timeout_at(when, long_sleep);
        } catch (...) {
            say("inner", caught());
            expired = outer.expired();
            throw;
        }
    };
    try {
        co_await timeout_at(when, body);
    } catch (...) {
        say("outer", caught());
    }
    say(expired, current_task().cancelling());
});

coro<> nest(int outer_limit, int inner_limit) {
    bool outer_expired = false, inner_expired = false;
    const auto inner = [&](timeout_state& limit) -> coro<> {
        try {
            co_await long_sleep();
        } catch (...) {
            inner_expired = limit.expired();
            throw;
        }
    };
    const auto outer = [&](timeout_state& limit) -> coro<> {
        try {
            co_await timeout(seconds(inner_limit), inner);
        } catch (...) {
            say("inner", caught(), inner_expired);
            outer_expired = limit.expired();
            throw;
        }
    };
    try {
        co_await timeout(seconds(outer_limit), outer);
    } catch (...) {
        say("outer", caught(), outer_expired);
    }
}

const program nested("timeouts/nested", []() -> coro<> {
    co_await nest(2, 1);
    co_await nest(1, 2);
    co_await sleep(seconds(5));
});

const program nested_inner_caught("timeouts/nested_inner_caught", []() -> coro<> {
    const auto body = []() -> coro<> {
        try {
            co_await timeout(seconds(1), long_sleep);
        } catch (const timeout_error&) {
            say("inner", caught());
        }
        co_await long_sleep();
    };
    try {
        co_await timeout(seconds(3), body);
    } catch (const timeout_error&) {
        say("outer", caught());
    }
});

const program other_error("timeouts/other_error", []() -> coro<> {
    bool expired = false;
    const auto body = [&](timeout_state& limit) -> coro<> {
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            expired = limit.expired();
            throw oops("instead");
        }
    };
    try {
        co_await timeout(seconds(1), body);
    } catch (const oops&) {
        say(caught(), expired, current_task().cancelling());
    }
    co_await sleep(seconds(1));
    say("main");
});

void attempt_to_move(timeout_state& limit) {
    try {
        limit.reschedule(event_loop::running().time() + seconds(1));
        say("moved");
    } catch (const usage_error&) {
        say(caught());
    }
}

coro<> move_twice() {
    const auto body = [](timeout_state& limit) -> coro<> {
        event_loop& loop = event_loop::running();
        limit.reschedule(loop.time() + seconds(3));
        co_await sleep(seconds(2));
        say("still there");
        limit.reschedule(loop.time() + seconds(2));
        co_await long_sleep();
    };
    co_await timeout(seconds(1), body);
}

coro<> move_when_late() {
    const auto body = [](timeout_state& limit) -> coro<> {
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            attempt_to_move(limit);
            throw;
        }
    };
    co_await timeout(seconds(1), body);
}

template <class Work>
coro<> say_timeout(Work work) {
    try {
        co_await work();
    } catch (const timeout_error&) {
        say(caught());
    }
}

const program reschedule("timeouts/reschedule", []() -> coro<> {
    co_await say_timeout(move_twice);
    co_await timeout(seconds(1), [](timeout_state& limit) -> coro<> {
        limit.reschedule(instant::never());
        say(limit.when() == instant::never() ? "None" : "a time");
        co_await sleep(seconds(2));
    });
    co_await timeout(duration::max(), [](timeout_state& limit) -> coro<> {
        attempt_to_move(limit);
        co_await sleep(milliseconds(500));
        attempt_to_move(limit);
        co_await sleep(milliseconds(500));
    });
    co_await say_timeout(move_when_late);
});

const program reschedule_to_past("timeouts/reschedule_to_past", []() -> coro<> {
    co_await sleep(seconds(5));
    bool expired = false;
    const auto body = [&](timeout_state& limit) -> coro<> {
        limit.reschedule(event_loop::running().time() - seconds(1));
        say("moved");
        try {
            co_await sleep(seconds(1));
        } catch (const cancelled_error&) {
            expired = limit.expired();
            throw;
        }
        say("never said");
    };
    try {
        co_await timeout(seconds(10), body);
    } catch (const timeout_error&) {
        say(caught(), expired);
    }
});

const program swallowed("timeouts/swallowed", []() -> coro<> {
    bool expired = false;
    const auto body = [&](timeout_state& limit) -> coro<> {
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            say("swallowed", caught());
            expired = limit.expired();
        }
    };
    co_await timeout(seconds(1), body);
    say(expired, current_task().cancelling());
    co_await sleep(seconds(1));
    say("main");
});

coro<> clean_up_for_two_seconds() {
    const auto cleanup = []() -> coro<> {
        say("cleans up");
        co_await sleep(seconds(2));
        say("has cleaned up");
    };
    co_await finally(long_sleep, cleanup);
}

const program wait_for_task("timeouts/wait_for_task", []() -> coro<> {
    const task<> t = create_task(clean_up_for_two_seconds());
    try {
        co_await wait_for(t, seconds(1));
    } catch (...) {
        say("wait_for", caught());
    }
    say(t.cancelled());
});

// wait_for is awaited where it is written; tell() takes a coroutine.
template <class Work>
auto waited_for(Work work, duration limit) -> coro<typename Work::value_type> {
    co_return co_await wait_for(std::move(work), limit);
}

coro<int> swallow() {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        say("swallows");
    }
    co_return 7;
}

const program wait_for_swallowed("timeouts/wait_for_swallowed", []() -> coro<> {
    co_await tell("wait_for", waited_for(create_task(swallow()), seconds(1)));
    co_await tell("of a coroutine", waited_for(swallow(), seconds(1)));
});

coro<> fail_in_cleanup() {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        throw oops("in the cleanup");
    }
}

const program wait_for_error("timeouts/wait_for_error", []() -> coro<> {
    co_await tell("wait_for", waited_for(fail_in_cleanup(), seconds(1)));
    co_await tell("of a task", waited_for(create_task(fail_in_cleanup()), seconds(1)));
});

const program wait_for_no_time("timeouts/wait_for_no_time", []() -> coro<> {
    future<int> done, pending;
    co_await sleep(seconds(1));
    done.set_result(7);
    co_await tell("done", waited_for(done, duration::zero()));
    co_await tell("pending", waited_for(pending, duration::zero()));
    say(pending.cancelled());
    const task<> t = create_task(long_sleep());
    co_await sleep(duration::zero());
    co_await tell("task", waited_for(t, seconds(-1)));
    say(t.cancelled());
});

const program wait_for_race("timeouts/wait_for_race", []() -> coro<> {
    future<int> f;
    event_loop::running().call_later(seconds(1), [f]() mutable { f.set_result(7); });
    const task<int> waiting = create_task(waited_for(f, seconds(1)));
    co_await tell("wait_for", waiting);
});

coro<> say_cancelled() {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        say("inner is cancelled");
        throw;
    }
}

const program wait_for_cancelled("timeouts/wait_for_cancelled", []() -> coro<> {
    const task<> inner = create_task(say_cancelled());
    const task<> waiting = create_task(waited_for(inner, seconds(50)));
    co_await sleep(seconds(1));
    waiting.cancel("from outside");
    co_await tell("wait_for", waiting);
    say(inner.cancelled(), waiting.cancelled());
});

const program wait_for_cancelled_when_done("timeouts/wait_for_cancelled_when_done", []() -> coro<> {
    future<int> f;
    const task<int> waiting = create_task(waited_for(f, seconds(50)));
    co_await sleep(duration::zero());
    f.set_result(7);
    waiting.cancel();
    co_await tell("wait_for", waiting);
});

coro<int> seven_after_three() {
    co_await sleep(seconds(3));
    say("work ends");
    co_return 7;
}

const program wait_for_shield("timeouts/wait_for_shield", []() -> coro<> {
    const task<int> inner = create_task(seven_after_three());
    co_await tell("wait_for", waited_for(shield(inner), seconds(1)));
    say(inner.done());
    co_await tell("inner", inner);
});

coro<> work(const char* name, int delay) {
    try {
        co_await sleep(seconds(delay));
        say(name, "ends");
    } catch (const cancelled_error&) {
        say(name, "is cancelled");
        throw;
    }
}

const program around_gather("timeouts/around_gather", []() -> coro<> {
    const auto body = []() -> coro<> { co_await gather(work("a", 1), work("b", 3), work("c", 4)); };
    try {
        co_await timeout(seconds(2), body);
    } catch (const timeout_error&) {
        say(caught());
    }
});

const program in_a_loop("timeouts/in_a_loop", []() -> coro<> {
    for (int i = 0; i < 5; ++i) {
        const auto delay = milliseconds(i % 2 != 0 ? 500 : 2000);
        try {
            co_await timeout(seconds(1), [delay]() -> coro<> { co_await sleep(delay); });
            say(i, "in time");
        } catch (const timeout_error&) {
            say(i, caught());
        }
    }
    say(current_task().cancelling());
});

}  // namespace

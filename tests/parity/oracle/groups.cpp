// SPDX-License-Identifier: MIT
// tests/parity/oracle/groups.cpp: task groups.
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

coro<> child(const char* name, int delay) {
    co_await sleep(seconds(delay));
    say(name, "ends");
}

coro<> parent(task_group& group) {
    co_await sleep(seconds(1));
    group.create_task(child("grandchild", 3)).detach();
    say("parent ends");
}

const program waits_for_all("groups/waits_for_all", []() -> coro<> {
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(parent(group)).detach();
        group.create_task(child("child", 2)).detach();
        say("body ends");
        co_return;
    });
    say("group ends");
});

coro<int> after(int value) {
    co_await sleep(seconds(value));
    co_return value;
}

const program results("groups/results", []() -> coro<> {
    std::vector<task<int>> tasks;
    co_await with(task_group(), [&](task_group& group) -> coro<> {
        for (const int v : {3, 1, 2}) tasks.push_back(group.create_task(after(v)));
        co_return;
    });
    std::vector<int> values;
    for (const task<int>& t : tasks) values.push_back(t.result());
    say(values);
});

coro<> say_cancelled(const char* name) {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        say(name, caught());
        throw;
    }
}

coro<> fail(const char* name, int delay) {
    co_await sleep(seconds(delay));
    throw oops(name);
}

// Runs the body in a group and says how that ends.
template <class Body>
coro<> grouped(Body body) {
    try {
        co_await with(task_group(), body);
    } catch (...) {
        say(caught());
    }
}

const program child_error("groups/child_error", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(say_cancelled("a sibling")).detach();
        group.create_task(fail("child", 1)).detach();
        group.create_task(say_cancelled("a sibling")).detach();
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            say("body", caught(), current_task().cancelling());
            throw;
        }
        say("never said");
    });
    say(current_task().cancelling());
    co_await sleep(seconds(1));
    say("main");
});

coro<> fail_in_cleanup() {
    try {
        co_await long_sleep();
    } catch (const cancelled_error&) {
        throw oops("child");
    }
}

const program body_error("groups/body_error", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(fail_in_cleanup()).detach();
        co_await sleep(seconds(1));
        throw oops("body");
    });
});

coro<> raise_cancelled() {
    throw cancelled_error();
    co_return;
}

const program child_cancelled("groups/child_cancelled", []() -> coro<> {
    std::optional<task<>> sleeping;
    co_await with(task_group(), [&](task_group& group) -> coro<> {
        sleeping = group.create_task(long_sleep());
        group.create_task(raise_cancelled()).detach();
        group.create_task(child("sibling", 3)).detach();
        co_await sleep(seconds(1));
        sleeping->cancel();
    });
    say("group ends", sleeping->cancelled());
});

coro<> clean_up(const char* name, int delay) {
    const auto cleanup = [name, delay]() -> coro<> {
        say("a child is cancelled");
        co_await sleep(seconds(delay));
        say(name, "has cleaned up");
    };
    co_await finally(long_sleep, cleanup);
}

coro<> group_of_two() {
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(clean_up("a", 2)).detach();
        group.create_task(clean_up("b", 1)).detach();
        co_return;
    });
}

const program outside_cancel("groups/outside_cancel", []() -> coro<> {
    const task<> t = create_task(group_of_two());
    co_await sleep(seconds(1));
    t.cancel("from outside");
    co_await tell("group", t);
    say(t.cancelled(), t.cancelling());
});

coro<> group_then_sleep() {
    try {
        co_await with(task_group(), [](task_group& group) -> coro<> {
            group.create_task(fail_in_cleanup()).detach();
            co_return;
        });
    } catch (const exception_group&) {
        say(caught(), current_task().cancelling());
    }
    co_await sleep(seconds(1));
    say("never said");
}

const program outside_cancel_and_error("groups/outside_cancel_and_error", []() -> coro<> {
    const task<> t = create_task(group_then_sleep());
    co_await sleep(seconds(1));
    t.cancel();
    co_await tell("group", t);
});

coro<> inner_group() {
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(fail("inner", 1)).detach();
        co_return;
    });
}

const program nested_error("groups/nested_error", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(inner_group()).detach();
        group.create_task(long_sleep()).detach();
        co_return;
    });
    co_await grouped([](task_group&) -> coro<> {
        co_await with(task_group(), [](task_group& group) -> coro<> {
            group.create_task(fail("innermost", 1)).detach();
            co_await long_sleep();
        });
    });
});

coro<> fail_now(const char* name) {
    throw oops(name);
    co_return;
}

const program nested_both_cancelled("groups/nested_both_cancelled", []() -> coro<> {
    const auto body = [](task_group& outer) -> coro<> {
        try {
            co_await with(task_group(), [&](task_group& inner) -> coro<> {
                inner.create_task(fail_now("inner")).detach();
                outer.create_task(fail_now("outer")).detach();
                co_await long_sleep();
            });
        } catch (...) {
            say("inner", caught());
        }
        co_await long_sleep();
        say("never said");
    };
    try {
        co_await with(task_group(), body);
    } catch (...) {
        say("outer", caught());
    }
    say(current_task().cancelling());
});

coro<> say_never() {
    say("never said");
    co_return;
}

void attempt(task_group& group) {
    try {
        group.create_task(say_never()).detach();
    } catch (const usage_error&) {
        say(caught());
    }
}

const program create_when_stopping("groups/create_when_stopping", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(fail_now("child")).detach();
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            attempt(group);
            throw;
        }
    });
    task_group unentered;
    attempt(unentered);
});

coro<> twice_cancelled() {
    for (int i = 0; i < 2; ++i) {
        try {
            co_await long_sleep();
        } catch (const cancelled_error&) {
            say("child", caught());
        }
    }
    say("child ends");
}

coro<> group_of_one() {
    co_await with(task_group(), [](task_group& group) -> coro<> {
        group.create_task(twice_cancelled()).detach();
        co_return;
    });
}

const program cancelled_twice("groups/cancelled_twice", []() -> coro<> {
    const task<> t = create_task(group_of_one());
    co_await sleep(seconds(1));
    t.cancel("first");
    co_await sleep(seconds(1));
    t.cancel("second");
    co_await tell("group", t);
    say(t.cancelling());
});

template <class Work>
coro<> limited(Work work) {
    const auto body = [&]() -> coro<> {
        co_await with(task_group(), [&](task_group& group) -> coro<> {
            group.create_task(work()).detach();
            co_return;
        });
    };
    try {
        co_await timeout(seconds(1), body);
    } catch (...) {
        say(caught());
    }
    say(current_task().cancelling());
}

coro<> child_is_cancelled() {
    co_await say_cancelled("child");
}

const program in_timeout("groups/in_timeout", []() -> coro<> {
    co_await limited(child_is_cancelled);
    co_await limited(fail_in_cleanup);
});

coro<> too_late() {
    co_await timeout(seconds(1), long_sleep);
}

const program timeout_in_child("groups/timeout_in_child", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(too_late()).detach();
        group.create_task(long_sleep()).detach();
        co_return;
    });
});

coro<> fail_anyway(const char* name, const char* in_cleanup, int delay) {
    try {
        co_await sleep(seconds(delay));
    } catch (const cancelled_error&) {
        throw oops(in_cleanup);
    }
    throw oops(name);
}

const program both_fail("groups/both_fail", []() -> coro<> {
    co_await grouped([](task_group& group) -> coro<> {
        group.create_task(fail_anyway("a", "a in the cleanup", 0)).detach();
        group.create_task(fail_anyway("b", "b in the cleanup", 0)).detach();
        group.create_task(fail_anyway("c", "c in the cleanup", 10)).detach();
        co_return;
    });
});

coro<> leaf_work(const char* name, int delay, int cleanup) {
    bool cancelled = false;
    try {
        co_await sleep(seconds(delay));
    } catch (const cancelled_error&) {
        cancelled = true;
    }
    if (!cancelled) throw oops(name);
    co_await sleep(seconds(cleanup));
    say(name, "is cancelled");
    throw cancelled_error();
}

coro<> level(const char* name, std::vector<coro<>> works) {
    try {
        co_await with(task_group(), [&](task_group& group) -> coro<> {
            for (coro<>& work : works) group.create_task(std::move(work)).detach();
            co_return;
        });
    } catch (...) {
        say(name, caught());
        throw;
    }
}

template <class... C>
std::vector<coro<>> listed(C... works) {
    std::vector<coro<>> all;
    (all.push_back(std::move(works)), ...);
    return all;
}

const program many_levels("groups/many_levels", []() -> coro<> {
    try {
        co_await level(
            "top", listed(level("left", listed(leaf_work("a", 100, 1), leaf_work("b", 1, 1))),
                          level("right", listed(leaf_work("c", 100, 2))), leaf_work("d", 100, 1)));
    } catch (...) {
        say(caught());
    }
});

}  // namespace

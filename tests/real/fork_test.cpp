// SPDX-License-Identifier: MIT
// tests/real/fork_test.cpp: what the child of a fork may do with the loops of its parent: nothing.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "tests/support/child.hpp"

using nurt::coro;
using nurt::event_loop;

namespace {

// True if the condition holds in a child.
bool holds_in_child(const std::function<bool()>& holds) {
    const auto ask = [&holds] {
        try {
            return holds() ? 0 : 1;
        } catch (...) {  // not true, whatever it is
            return 2;
        }
    };
    return nurt_test::in_child(ask) == 0;
}

template <class Fn>
std::string refusal(Fn fn) {
    try {
        fn();
    } catch (const nurt::usage_error& e) {
        return e.what();
    }
    return "none";
}

coro<int> seven() {
    co_await nurt::sleep(nurt::milliseconds(1));
    co_return 7;
}

}  // namespace

TEST_CASE("in the child of a fork no loop runs, and the parent's refuses everything") {
    nurt::run([]() -> coro<> {
        event_loop& loop = event_loop::running();
        const std::string expected =
            "this event loop belongs to the parent process: make a new one";
        CHECK(holds_in_child([&] {
            return event_loop::running_or_null() == nullptr &&
                   refusal([&] { loop.call_soon([] {}); }) == expected &&
                   refusal([&] { loop.call_soon_threadsafe([] {}); }) == expected &&
                   refusal([] { nurt::create_task(seven()).detach(); }) ==
                       "no running event loop" &&
                   refusal([] { nurt::current_task(); }) != "none";
        }));
        const int n = co_await seven();
        CHECK(n == 7);
    }());
}

TEST_CASE("the child of a fork may run a loop of its own, from inside of its parent's") {
    nurt::run([]() -> coro<> {
        const bool ran = holds_in_child([] { return nurt::run(seven()) == 7; });
        CHECK(ran);
        co_return;
    }());
}

TEST_CASE("a loop that another thread sleeps in is closed in the child") {
    event_loop* there = nullptr;
    event_loop mine;
    std::thread other([&] {
        event_loop loop;
        there = &loop;
        mine.stop_threadsafe();
        loop.run_forever();
    });
    mine.run_forever();
    CHECK(holds_in_child([&] { return there->is_closed() && mine.is_closed(); }));
    CHECK_FALSE(mine.is_closed());
    there->stop_threadsafe();
    other.join();
}

TEST_CASE("a child that comes back to its parent's loop gets an error out of run") {
    const auto fork_and_return = []() -> coro<int> {
        const pid_t child = ::fork();
        co_await nurt::sleep(nurt::milliseconds(1));
        co_return child;
    };
    const pid_t parent = ::getpid();
    int child = 0;
    try {
        child = nurt::run(fork_and_return());
    } catch (const nurt::usage_error& e) {
        const bool expected = ::getpid() != parent &&
                              std::string(e.what()) ==
                                  "the child of a fork() returned to the event loop of its parent";
        ::_exit(expected ? 0 : 1);
    }
    if (::getpid() != parent) ::_exit(3);
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

// SPDX-License-Identifier: MIT
// tests/real/interrupt_test.cpp: Ctrl-C, with real signals.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_runners.
#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/child.hpp"

using namespace nurt;
using nurt_test::default_interrupt;
using nurt_test::in_child;

namespace {

using handler = void (*)(int);

handler current_handler() {
    struct sigaction action{};
    ::sigaction(SIGINT, nullptr, &action);
    return action.sa_handler;
}

coro<> interrupted(std::string& log) {
    event_loop::running().call_soon([] { std::raise(SIGINT); });
    try {
        co_await sleep(seconds(60));
    } catch (const cancelled_error&) {
        log += "cleanup;";
        throw;
    }
}

}  // namespace

// test_interrupt_wait
TEST_CASE_FIXTURE(default_interrupt,
                  "S145: Ctrl-C cancels main, which cleans up, and run throws keyboard_interrupt") {
    std::string log;
    CHECK_THROWS_AS(run(interrupted(log)), keyboard_interrupt);
    CHECK(log == "cleanup;");
}

TEST_CASE_FIXTURE(default_interrupt, "S145: a main that swallows Ctrl-C ends with its value") {
    auto main = []() -> coro<int> {
        std::raise(SIGINT);
        try {
            co_await sleep(seconds(60));
        } catch (const cancelled_error&) {
        }
        co_return 5;
    };
    CHECK(run(main()) == 5);
}

// test_interrupt_cancelled_task
TEST_CASE_FIXTURE(default_interrupt,
                  "S145: main that somebody else cancelled as well ends with cancelled_error") {
    auto main = []() -> coro<> {
        event_loop::running().call_soon([] { std::raise(SIGINT); });
        try {
            co_await sleep(seconds(60));
        } catch (const cancelled_error&) {
            current_task().cancel();
            throw;
        }
    };
    CHECK_THROWS_AS(run(main()), cancelled_error);
}

// test_signal_install_not_supported_ok
TEST_CASE_FIXTURE(default_interrupt, "S146: the default action is back after run") {
    auto look = []() -> coro<bool> { co_return current_handler() != SIG_DFL; };
    CHECK(run(look()));
    CHECK((current_handler() == SIG_DFL));
}

TEST_CASE_FIXTURE(
    default_interrupt,
    "S146: a handler of somebody else, another thread, and the option keep ours out") {
    auto look = []() -> coro<bool> { co_return current_handler() == SIG_IGN; };
    std::signal(SIGINT, SIG_IGN);
    CHECK(run(look()));
    std::signal(SIGINT, SIG_DFL);
    auto untouched = []() -> coro<bool> { co_return current_handler() == SIG_DFL; };
    CHECK(run(untouched(), {.handle_interrupt = false}));
    bool in_thread = false;
    std::thread([&] { in_thread = run(untouched()); }).join();
    CHECK(in_thread);
}

TEST_CASE_FIXTURE(default_interrupt, "each run of a runner hears its own Ctrl-C") {
    std::string log;
    runner r;
    CHECK_THROWS_AS(r.run(interrupted(log)), keyboard_interrupt);
    CHECK_THROWS_AS(r.run(interrupted(log)), keyboard_interrupt);
    auto number = []() -> coro<int> { co_return 3; };
    CHECK(r.run(number()) == 3);
    CHECK(log == "cleanup;cleanup;");
}

TEST_CASE_FIXTURE(default_interrupt,
                  "a loop that was ended by an error no longer listens for Ctrl-C") {
    const int end = in_child([] {
        runner r;
        r.loop().call_soon([] { throw 42; });
        auto main = []() -> coro<> { co_await sleep(seconds(60)); };
        try {
            r.run(main());
        } catch (int) {
        }
        std::raise(SIGINT);
        return 1;
    });
    CHECK(end == -SIGINT);
}

TEST_CASE_FIXTURE(default_interrupt, "the second Ctrl-C stops a program whose main does not end") {
    const int end = in_child([] {
        auto main = []() -> coro<> {
            for (;;) {
                try {
                    event_loop::running().call_soon([] { std::raise(SIGINT); });
                    co_await sleep(seconds(60));
                } catch (const cancelled_error&) {
                }
            }
        };
        run(main());
        return 1;
    });
    CHECK(end == -SIGINT);
}

TEST_CASE_FIXTURE(default_interrupt, "Ctrl-C stops a program whose loop is blocked") {
    const int end = in_child([] {
        auto main = []() -> coro<> {
            std::raise(SIGINT);
            for (;;) {
            }
            co_return;
        };
        run(main());
        return 1;
    });
    CHECK(end == -SIGINT);
}

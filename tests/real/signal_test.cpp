// SPDX-License-Identifier: MIT
// tests/real/signal_test.cpp: signals from outside, over threads, loops and forks.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_events and
// test_unix_events.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/context.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sync/signals.hpp"
#include "tests/support/child.hpp"

using namespace nurt;
using nurt_test::default_interrupt;
using nurt_test::in_child;

namespace {

using action = void (*)(int);

action current_action(int signal) {
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler;
}

}  // namespace

// test_signal_handling_while_selecting
TEST_CASE("S174: a signal wakes a loop that sleeps, and its handler runs as a callback") {
    event_loop loop;
    bool inside = false;
    loop.add_signal_handler(SIGUSR1, [&] {
        inside = event_loop::running_or_null() == &loop;
        loop.stop();
    });
    std::thread sender([] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        ::kill(::getpid(), SIGUSR1);
    });
    loop.run_forever();  // nothing else would ever end it
    sender.join();
    CHECK(inside);
}

// test_add_signal_handler, test_signal_handling_args
TEST_CASE("S174: a handler has the context in which it was added") {
    event_loop loop;
    context_var<int> number("number", 0);
    std::vector<int> seen;
    context here;
    here.run([&] {
        number.set(7);
        loop.add_signal_handler(SIGUSR1, [&] {
            seen.push_back(number.get());
            number.set(number.get() + 1);
            if (seen.size() == 2) loop.stop();
            std::raise(SIGUSR1);
        });
    });
    std::raise(SIGUSR1);
    loop.run_forever();
    CHECK((seen == std::vector{7, 8}));
    CHECK(number.get() == 0);
}

// test_add_signal_handler_install_error, test_remove_signal_handler
TEST_CASE("S174: a handler is replaced, removed, and ends with its loop") {
    {
        event_loop loop;
        std::string log;
        loop.add_signal_handler(SIGUSR1, [&] { log += "first "; });
        loop.add_signal_handler(SIGUSR1, [&] { log += "second "; });
        loop.add_signal_handler(SIGUSR2, [&] { log += "other "; });
        std::raise(SIGUSR1);
        loop.run_once();
        loop.run_once();
        CHECK(log == "second ");
        std::raise(SIGUSR1);
        loop.run_once();  // the callback is scheduled
        CHECK(loop.remove_signal_handler(SIGUSR1));
        CHECK_FALSE(loop.remove_signal_handler(SIGUSR1));
        loop.run_once();
        CHECK(log == "second ");
        CHECK((current_action(SIGUSR1) == SIG_DFL));
        CHECK((current_action(SIGUSR2) != SIG_DFL));
        loop.close();
        CHECK((current_action(SIGUSR2) == SIG_DFL));
        CHECK_THROWS_AS(loop.add_signal_handler(SIGUSR1, [] {}), usage_error);
    }
    CHECK((current_action(SIGUSR1) == SIG_DFL));
}

TEST_CASE("S174: signals that cannot be caught are refused") {
    event_loop loop;
    CHECK_THROWS_WITH_AS(loop.add_signal_handler(SIGKILL, [] {}), "SIGKILL cannot be caught",
                         usage_error);
    CHECK_THROWS_AS(loop.add_signal_handler(SIGSTOP, [] {}), usage_error);
    CHECK_THROWS_AS(loop.add_signal_handler(-1, [] {}), usage_error);
    CHECK_FALSE(loop.remove_signal_handler(SIGKILL));
}

TEST_CASE("an exception of a handler goes to the loop, and the next signal is told again") {
    event_loop loop;
    std::vector<std::string> errors;
    loop.set_exception_handler([&](const error_context& c) {
        errors.emplace_back(c.message);
        if (errors.size() == 2) loop.stop();
        std::raise(SIGUSR1);
    });
    loop.add_signal_handler(SIGUSR1, [] { throw error("no"); });
    std::raise(SIGUSR1);
    loop.run_forever();
    CHECK(errors.at(0) == "exception in callback");
}

TEST_CASE("several loops hear the same signal") {
    std::atomic<int> listening{0};
    std::atomic<int> heard{0};
    auto wait = [&]() -> coro<> {
        signal_receiver signals = open_signal_receiver(SIGUSR1);
        ++listening;
        co_await signals.next();
        ++heard;
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { run(wait()); });
    while (listening != 4) std::this_thread::yield();
    ::kill(::getpid(), SIGUSR1);
    for (std::thread& each : threads) each.join();
    CHECK(heard == 4);
    CHECK((current_action(SIGUSR1) == SIG_DFL));
}

TEST_CASE("loops that come and go under a storm of signals are told nothing after their end") {
    std::atomic<bool> over{false};
    std::signal(SIGUSR1, SIG_IGN);
    std::thread storm([&] {
        while (!over) ::kill(::getpid(), SIGUSR1);
    });
    auto listen = []() -> coro<> {
        for (int i = 0; i < 20; ++i) {
            signal_receiver signals = open_signal_receiver(SIGUSR1);
            co_await signals.next();
        }
    };
    auto repeat = [&] {
        for (int i = 0; i < 25; ++i) run(listen());
    };
    std::thread other(repeat);
    repeat();
    other.join();
    over = true;
    storm.join();
    CHECK((current_action(SIGUSR1) == SIG_IGN));
    std::signal(SIGUSR1, SIG_DFL);
}

TEST_CASE("a hundred thousand signals while the loop's queue is full lose none of a kind") {
    event_loop loop;
    int first = 0;
    bool second = false;
    loop.add_signal_handler(SIGUSR1, [&] { ++first; });
    loop.add_signal_handler(SIGUSR2, [&] { second = true; });
    for (int i = 0; i < 50'000; ++i) {
        loop.call_soon_threadsafe([] {});
        loop.call_soon([] {});
    }
    for (int i = 0; i < 100'000; ++i) ::kill(::getpid(), SIGUSR1);
    ::kill(::getpid(), SIGUSR2);
    loop.call_soon_threadsafe([&] { loop.call_soon([&] { loop.stop(); }); });
    loop.run_forever();
    loop.run_once();
    CHECK(first == 1);
    CHECK(second);
}

TEST_CASE_FIXTURE(default_interrupt, "SIGINT that somebody listens for does not end run") {
    auto main = []() -> coro<std::string> {
        std::string log;
        {
            signal_receiver signals = open_signal_receiver(SIGINT);
            std::raise(SIGINT);
            co_await signals.next();
            log += "heard;";
        }
        std::raise(SIGINT);
        try {
            co_await sleep(seconds(60));
        } catch (const cancelled_error&) {
            log += "cancelled;";
        }
        co_return log;
    };
    CHECK(run(main()) == "heard;cancelled;");
    CHECK((current_action(SIGINT) == SIG_DFL));
}

TEST_CASE_FIXTURE(default_interrupt,
                  "SIGINT that is listened for longer than run ends as default") {
    runner r;
    r.loop().add_signal_handler(SIGUSR1, [] {});
    auto main = []() -> coro<> {
        event_loop::running().add_signal_handler(SIGINT, [] {});
        co_return;
    };
    r.run(main());
    CHECK((current_action(SIGINT) != SIG_DFL));
    CHECK(r.loop().remove_signal_handler(SIGINT));
    CHECK((current_action(SIGINT) == SIG_DFL));
}

// test_fork_signal_handling
TEST_CASE("S173: signals of a forked child are its own, and do what they did without the loop") {
    int told = 0;
    event_loop loop;
    loop.add_signal_handler(SIGUSR1, [&] { ++told; });
    CHECK(in_child([] { return std::raise(SIGUSR1); }) == -SIGUSR1);
    loop.run_once();
    loop.run_once();
    CHECK(told == 0);
    std::raise(SIGUSR1);
    loop.run_once();
    loop.run_once();
    CHECK(told == 1);
}

// test_fork_not_share_current_task, test_fork_not_share_event_loop
TEST_CASE("S173: a forked child may listen on a loop of its own, while the parent's is closed") {
    auto main = []() -> coro<int> {
        event_loop& parent = event_loop::running();
        signal_receiver signals = open_signal_receiver(SIGUSR1);
        const int end = in_child([&parent] {
            if (event_loop::running_or_null() != nullptr || !parent.is_closed()) return 1;
            auto listen = []() -> coro<int> {
                signal_receiver mine = open_signal_receiver(SIGUSR1);
                std::raise(SIGUSR1);
                const std::optional<int> got = co_await mine.next();
                co_return got == SIGUSR1 ? 0 : 2;
            };
            return run(listen());
        });
        co_await sleep(milliseconds(1));
        co_return signals.try_next() ? -1 : end;
    };
    CHECK(run(main()) == 0);
}

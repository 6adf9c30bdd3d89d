// SPDX-License-Identifier: MIT
// tests/sync/signals_test.cpp: receivers of signals. They are raised here, so no time passes.
#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <optional>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/sync/signals.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

bool is_default(int signal) {
    struct sigaction action{};
    ::sigaction(signal, nullptr, &action);
    return action.sa_handler == SIG_DFL;
}

coro<std::optional<int>> next_of(signal_receiver& from) {
    co_return co_await from.next();
}

}  // namespace

TEST_CASE("a receiver gives a signal that comes while somebody waits") {
    in_task([]() -> coro<> {
        signal_receiver signals = open_signal_receiver(SIGUSR1, SIGUSR2);
        task<std::optional<int>> waiting = create_task(next_of(signals));
        co_await sleep(seconds(0));
        std::raise(SIGUSR2);
        const std::optional<int> got = co_await waiting;
        CHECK(got == SIGUSR2);
        CHECK_FALSE(signals.try_next());
    });
}

TEST_CASE("signals that nobody waited for are kept, one of each kind, the lowest first") {
    in_task([]() -> coro<> {
        signal_receiver signals = open_signal_receiver(SIGUSR1, SIGUSR2);
        std::raise(SIGUSR2);
        std::raise(SIGUSR1);
        std::raise(SIGUSR1);
        const std::optional<int> first = co_await signals.next();
        const std::optional<int> second = co_await signals.next();
        CHECK(first == SIGUSR1);
        CHECK(second == SIGUSR2);
        CHECK_FALSE(signals.try_next());
        std::raise(SIGUSR1);
        CHECK(signals.try_next() == SIGUSR1);
    });
}

TEST_CASE("each receiver gets each signal, and of several who wait on one the first") {
    in_task([]() -> coro<> {
        signal_receiver one = open_signal_receiver(SIGUSR1);
        signal_receiver other = open_signal_receiver(SIGUSR1);
        task<std::optional<int>> first = create_task(next_of(one));
        task<std::optional<int>> second = create_task(next_of(one));
        co_await sleep(seconds(0));
        std::raise(SIGUSR1);
        const std::optional<int> got = co_await first;
        CHECK(got == SIGUSR1);
        CHECK(other.try_next() == SIGUSR1);
        CHECK_FALSE(second.done());
        one.close();
        const std::optional<int> end = co_await second;
        CHECK_FALSE(end);
        const std::optional<int> still = co_await one.next();
        CHECK_FALSE(still);
    });
}

TEST_CASE("a wait for a signal that is cancelled takes none") {
    in_task([]() -> coro<> {
        signal_receiver signals = open_signal_receiver(SIGUSR1);
        task<std::optional<int>> waiting = create_task(next_of(signals));
        co_await sleep(seconds(0));
        waiting.cancel();
        std::raise(SIGUSR1);
        co_await gather(return_exceptions, waiting);
        CHECK(waiting.cancelled());
        CHECK(signals.try_next() == SIGUSR1);
    });
}

TEST_CASE("a signal that was handed over is not lost to a cancellation") {
    in_task([]() -> coro<> {
        signal_receiver signals = open_signal_receiver(SIGUSR1);
        task<std::optional<int>> waiting = create_task(next_of(signals));
        co_await sleep(seconds(0));
        std::raise(SIGUSR1);
        co_await sleep(seconds(0));  // the box has run, the task has not
        waiting.cancel();
        co_await gather(return_exceptions, waiting);
        const bool kept = !waiting.cancelled() || signals.try_next() == SIGUSR1;
        CHECK(kept);
    });
}

TEST_CASE("a signal does again what it did when its last receiver has gone") {
    in_task([]() -> coro<> {
        {
            signal_receiver one = open_signal_receiver(SIGUSR1);
            signal_receiver moved = std::move(one);
            {
                const signal_receiver other = open_signal_receiver(SIGUSR1, SIGUSR2);
                CHECK_FALSE(is_default(SIGUSR2));
            }
            CHECK(is_default(SIGUSR2));
            CHECK_FALSE(is_default(SIGUSR1));
            std::raise(SIGUSR1);
            CHECK(moved.try_next() == SIGUSR1);
        }
        CHECK(is_default(SIGUSR1));
        co_return;
    });
}

TEST_CASE("a receiver may go while its signal is on its way, and outlive its loop") {
    std::optional<signal_receiver> left;
    in_task([&left]() -> coro<> {
        {
            const signal_receiver gone = open_signal_receiver(SIGUSR1);
            std::raise(SIGUSR1);
        }
        left = open_signal_receiver(SIGUSR1);
        std::raise(SIGUSR1);
        co_return;
    });
    CHECK(is_default(SIGUSR1));
    CHECK_FALSE(left->try_next());
}

TEST_CASE("a task that waits for a signal when its loop ends is cancelled") {
    bool cancelled = false;
    in_task([&cancelled]() -> coro<> {
        auto wait = [](bool& was_cancelled) -> coro<> {
            signal_receiver signals = open_signal_receiver(SIGUSR1);
            try {
                co_await signals.next();
            } catch (const cancelled_error&) {
                was_cancelled = true;
                throw;
            }
        };
        create_task(wait, std::ref(cancelled)).detach();
        co_await sleep(seconds(0));
    });
    CHECK(cancelled);
    CHECK(is_default(SIGUSR1));
}

TEST_CASE("what cannot be waited for is refused in words") {
    in_task([]() -> coro<> {
        CHECK_THROWS_WITH_AS(open_signal_receiver(SIGKILL), "SIGKILL cannot be caught",
                             usage_error);
        CHECK_THROWS_WITH_AS(open_signal_receiver(SIGUSR1, SIGSTOP), "SIGSTOP cannot be caught",
                             usage_error);
        CHECK_THROWS_WITH_AS(open_signal_receiver(SIGSEGV),
                             "SIGSEGV tells of a mistake of the program, and cannot be waited for",
                             usage_error);
        CHECK_THROWS_WITH_AS(open_signal_receiver(0), "0 is no signal", usage_error);
        CHECK_THROWS_WITH_AS(open_signal_receiver(65), "65 is no signal", usage_error);
        CHECK_THROWS_WITH_AS(open_signal_receiver(32), "listen for signal 32: Invalid argument",
                             os_error);
        CHECK(is_default(SIGUSR1));
        co_return;
    });
    CHECK_THROWS_AS(open_signal_receiver(SIGUSR1), usage_error);
}

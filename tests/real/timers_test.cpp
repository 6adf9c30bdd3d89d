// SPDX-License-Identifier: MIT
// Timers of the real clock: never early, and few wake-ups.
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "tests/support/support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdint>
#include <random>
#include <thread>

#include <sys/time.h>

using nurt::coro;
using nurt::duration;
using nurt::event_loop;

namespace {

// Ends a loop from outside after a while, as nothing inside of it would.
class stop_after {
public:
    stop_after(event_loop& loop, int milliseconds)
        : thread_([&loop, milliseconds] {
              std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
              loop.stop_threadsafe();
          }) {}
    ~stop_after() { thread_.join(); }

private:
    std::thread thread_;
};

// A signal a thousand times a second of processor time and of real time, which interrupts calls.
class signals {
public:
    signals() {
        struct sigaction action{};
        action.sa_handler = [](int) { count = count + 1; };
        ::sigaction(SIGPROF, &action, &profile_before_);
        ::sigaction(SIGALRM, &action, &alarm_before_);
        set(1000);
    }
    ~signals() {
        set(0);
        ::sigaction(SIGPROF, &profile_before_, nullptr);
        ::sigaction(SIGALRM, &alarm_before_, nullptr);
    }

    static inline volatile std::sig_atomic_t count = 0;

private:
    static void set(long microseconds) {
        const itimerval every{{0, microseconds}, {0, microseconds}};
        ::setitimer(ITIMER_PROF, &every, nullptr);
        ::setitimer(ITIMER_REAL, &every, nullptr);
    }
    struct sigaction profile_before_{};
    struct sigaction alarm_before_{};
};

}  // namespace

TEST_CASE("no sleep of any length ends early") {
    nurt::run([]() -> coro<> {
        std::mt19937_64 random(nurt_test::seed());
        event_loop& loop = event_loop::running();
        int early = 0;
        for (int i = 0; i < 300; ++i) {
            const auto length =
                duration::nanoseconds(static_cast<std::int64_t>(random() % 1'500'000));
            const auto due = loop.time() + length;
            co_await nurt::sleep(length);
            early += loop.time() < due ? 1 : 0;
        }
        CHECK(early == 0);
    }());
}

TEST_CASE("a third of a millisecond is slept in two waits at most") {
    event_loop loop;
    int worst = 0;
    for (int i = 0; i < 20; ++i) {
        bool fired = false;
        int waits = 0;
        loop.call_later(nurt::microseconds(300), [&] { fired = true; });
        while (!fired) {
            loop.run_once(nurt::seconds(5));
            ++waits;
        }
        worst = std::max(worst, waits);
    }
    CHECK(worst <= 2);
}

TEST_CASE("a thousand signals a second neither shorten a sleep nor prolong it") {
    nurt::run([]() -> coro<> {
        event_loop& loop = event_loop::running();
        const signals coming;
        const auto begin = loop.time();
        co_await nurt::sleep(nurt::milliseconds(100));
        const double slept = (loop.time() - begin).seconds();
        CHECK(slept >= 0.1);
        CHECK(slept < 2);
        CHECK(signals::count > 10);
    }());
}

TEST_CASE("sleeps longer than the kernel can count do not end, and do not spin") {
    for (const auto length : {nurt::milliseconds(2147483648.0), nurt::hours(24.0 * 365 * 200),
                              duration::max(), duration::nanoseconds(INT64_MAX - 1)}) {
        event_loop loop;
        bool fired = false;
        nurt::handle timer = loop.call_later(length, [&] { fired = true; });
        const stop_after end(loop, 20);
        loop.run_forever();
        CHECK_FALSE(fired);
        CHECK(loop.turns() <= 5);
        timer.cancel();
    }
}

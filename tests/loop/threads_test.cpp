// SPDX-License-Identifier: MIT
// tests/loop/threads_test.cpp: what other threads may do. Runs under ThreadSanitizer too.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/event_loop.hpp"

using nurt::event_loop;

TEST_CASE("stop_threadsafe ends a loop that sleeps") {
    event_loop loop;
    std::thread other([&] { loop.stop_threadsafe(); });
    loop.run_forever();
    other.join();
    CHECK_FALSE(loop.is_running());
}

TEST_CASE("callbacks of one thread keep their order, and none is lost") {
    constexpr int threads = 4, each = 250'000;
    event_loop loop;
    std::vector<int> next(threads, 0);
    bool ordered = true;
    int left = threads * each;
    std::vector<std::thread> senders;
    for (int t = 0; t < threads; ++t) {
        senders.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                loop.call_soon_threadsafe([&, t, i] {
                    ordered = ordered && next[static_cast<std::size_t>(t)]++ == i;
                    if (--left == 0) loop.stop();
                });
            }
        });
    }
    loop.run_forever();
    for (std::thread& s : senders) s.join();
    CHECK(ordered);
    CHECK(left == 0);
}

// A wake-up that got lost between "nothing is ready" and "asleep" would hang one of the rounds.
TEST_CASE("two loops that wake each other again and again never miss a wake-up") {
    constexpr int rounds = 20'000;
    event_loop a;
    std::atomic<event_loop*> b{nullptr};
    std::thread other([&] {
        event_loop mine;
        b = &mine;
        mine.run_forever();
        b = nullptr;
    });
    while (b == nullptr) std::this_thread::yield();
    event_loop& there = *b;
    int count = 0;
    nurt::unique_function<void()> ping = [&] {
        if (++count == rounds) {
            there.stop_threadsafe();
            a.stop();
            return;
        }
        there.call_soon_threadsafe([&] { a.call_soon_threadsafe([&] { ping(); }); });
    };
    a.call_soon([&] { ping(); });
    a.run_forever();
    other.join();
    CHECK(count == rounds);
}

TEST_CASE("an idle loop does not spin") {
    event_loop loop;
    loop.call_later(nurt::milliseconds(50), [&] { loop.stop(); });
    loop.run_forever();
    CHECK(loop.turns() <= 4);
}

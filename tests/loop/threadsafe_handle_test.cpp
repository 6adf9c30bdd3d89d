// SPDX-License-Identifier: MIT
// tests/loop/threadsafe_handle_test.cpp: callbacks from other threads that change their mind.
//
// Runs under ThreadSanitizer too. The CPython tests that are retold stand beside the sentences.
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "tests/support/parts/threadsafe_handle.hpp"

using nurt::event_loop;
using nurt::threadsafe_handle;

using namespace nurt_test::threadsafe_handle_parts;

TEST_CASE("cancelling from another thread after the end changes nothing") {
    event_loop loop;
    threadsafe_handle h = loop.call_soon_threadsafe([] {});
    loop.run_once();
    std::thread([&] { h.cancel(); }).join();
    CHECK_FALSE(h.cancelled());
    threadsafe_handle none;
    none.cancel();
    CHECK_FALSE(none.cancelled());
}

TEST_CASE("a thread-safe handle may outlive its loop") {
    auto held = std::make_shared<int>(0);
    threadsafe_handle h;
    {
        event_loop loop;
        h = loop.call_soon_threadsafe([held] {});
    }
    CHECK(held.use_count() == 1);
    h.cancel();
    CHECK_FALSE(h.cancelled());
}

TEST_CASE("each of many callbacks either runs or was cancelled, whoever comes first") {
    constexpr int count = 5'000;
    event_loop loop;
    std::atomic<int> ran{0};
    int cancelled = 0;
    std::thread other([&] {
        for (int i = 0; i < count; ++i) {
            threadsafe_handle h = loop.call_soon_threadsafe([&] { ++ran; });
            threadsafe_handle copy = h;
            if (i % 3 == 0) std::this_thread::yield();
            copy.cancel();
            cancelled += h.cancelled() ? 1 : 0;
        }
        loop.stop_threadsafe();
    });
    loop.run_forever();
    other.join();
    CHECK(ran + cancelled == count);
}

TEST_CASE(
    "a loop may be closed while other threads post: each callback runs, is dropped or refused") {
    constexpr int rounds = 20, threads = 2;
    for (int round = 0; round < rounds; ++round) {
        std::atomic<int> alive{0};
        struct counted {
            explicit counted(std::atomic<int>& alive_now) : n(&alive_now) { ++*n; }
            counted(counted&& other) noexcept : n(std::exchange(other.n, nullptr)) {}
            ~counted() {
                if (n != nullptr) --*n;
            }
            void operator()() const {}
            std::atomic<int>* n;
        };
        event_loop loop;
        std::atomic<int> refused{0};
        std::vector<std::thread> posters;
        for (int t = 0; t < threads; ++t) {
            posters.emplace_back([&] {
                while (refused < threads) {
                    try {
                        loop.call_soon_threadsafe(counted(alive));
                    } catch (const nurt::usage_error&) {
                        ++refused;
                    }
                }
            });
        }
        loop.run_once(nurt::microseconds(50));
        loop.close();
        for (std::thread& p : posters) p.join();
        REQUIRE(alive == 0);
    }
}

// What a poster still does after its node is in must not touch a loop that the node has ended.
TEST_CASE("a loop may be gone as soon as the callback that ends it has run") {
    constexpr int rounds = 2'000;
    std::atomic<event_loop*> target{nullptr};
    std::thread stopper([&] {
        for (int i = 0; i < rounds; ++i) {
            event_loop* loop = nullptr;
            while ((loop = target.exchange(nullptr)) == nullptr) std::this_thread::yield();
            loop->stop_threadsafe();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        event_loop loop;
        target = &loop;
        loop.run_forever();
    }
    stopper.join();
    CHECK(target == nullptr);
}

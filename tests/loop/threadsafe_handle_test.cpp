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

using nurt::event_loop;
using nurt::threadsafe_handle;

namespace {

// Blocks until open() was called.
class gate {
public:
    void open() noexcept {
        open_ = true;
        open_.notify_all();
    }
    void pass() const noexcept { open_.wait(false); }

private:
    std::atomic<bool> open_{false};
};

}  // namespace

// test_events test_call_soon_threadsafe_handle_cancel_other_thread
TEST_CASE("S18 a callback cancelled by another thread before its start does not run") {
    event_loop loop;
    auto held = std::make_shared<int>(0);
    threadsafe_handle h = loop.call_soon_threadsafe([held] { ++*held; });
    std::thread([&] { h.cancel(); }).join();
    CHECK(h.cancelled());
    CHECK(held.use_count() == 1);
    loop.run_once();
    CHECK(*held == 0);
}

// test_events test_call_soon_threadsafe_handle_block_check_cancelled
TEST_CASE("S18 cancel from another thread waits for the end of a callback that runs") {
    event_loop loop;
    gate started, may_end;
    std::atomic<bool> ended{false};
    auto held = std::make_shared<int>(0);
    std::weak_ptr<int> watch = held;
    threadsafe_handle h = loop.call_soon_threadsafe([&, held = std::move(held)] {
        started.open();
        may_end.pass();
        ended = true;
    });
    bool ended_before = false, gone_before = false;
    std::thread canceller([&] {
        started.pass();
        std::thread opener([&] { may_end.open(); });
        h.cancel();
        ended_before = ended;
        gone_before = watch.expired();
        opener.join();
    });
    loop.run_once();
    canceller.join();
    CHECK(ended_before);
    CHECK(gone_before);
    CHECK_FALSE(h.cancelled());
}

// test_events test_call_soon_threadsafe_handle_block_cancellation
TEST_CASE("S18 a callback that cancels itself goes on") {
    event_loop loop;
    threadsafe_handle h;
    bool went_on = false;
    h = loop.call_soon_threadsafe([&] {
        h.cancel();
        went_on = true;
    });
    loop.run_once();
    CHECK(went_on);
    CHECK_FALSE(h.cancelled());
}

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

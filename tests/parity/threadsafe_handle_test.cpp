// SPDX-License-Identifier: MIT
// tests/parity/threadsafe_handle_test.cpp: callbacks from other threads that change their mind.
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

// test_events test_call_soon_threadsafe_handle_cancel_other_thread
TEST_CASE("S18: a callback cancelled by another thread before its start does not run") {
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
TEST_CASE("S18: cancel from another thread waits for the end of a callback that runs") {
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
TEST_CASE("S18: a callback that cancels itself goes on") {
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

// SPDX-License-Identifier: MIT
// tests/parity/threads_test.cpp: what other threads may do. Runs under ThreadSanitizer too.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/event_loop.hpp"

using nurt::event_loop;

// test_events test_call_soon_threadsafe
TEST_CASE("S18: call_soon_threadsafe wakes a loop that sleeps") {
    event_loop loop;
    const std::thread::id here = std::this_thread::get_id();
    std::thread::id ran_in;
    std::thread other([&] {
        loop.call_soon_threadsafe([&] {
            ran_in = std::this_thread::get_id();
            loop.stop();
        });
    });
    loop.run_forever();
    other.join();
    CHECK(ran_in == here);
}

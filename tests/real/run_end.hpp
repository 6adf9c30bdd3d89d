// SPDX-License-Identifier: MIT
// tests/real/run_end.hpp: the end of run() with something under way.
#pragma once

#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/monotonic_clock.hpp"

#include <doctest/doctest.h>

#include <span>
#include <utility>

namespace nurt_test {

// Something that waits for ever.
using endless = nurt::coro<> (*)();

// Runs main, and leaves nothing that could hold its end up.
inline void expect_quick_end(nurt::coro<> main) {
    const auto clock = nurt::make_monotonic_clock();
    const auto before = clock->now();
    nurt::run(std::move(main), {.handle_interrupt = false});
    CHECK(clock->now() - before < nurt::seconds(4));  // the grace is five
}

inline nurt::coro<> leave_running(std::span<const endless> all) {
    for (const endless each : all) {
        nurt::create_task(each()).detach();
    }
    co_await nurt::sleep(nurt::milliseconds(10));
}

// One by one, and all of them together.
inline void expect_quick_ends(std::span<const endless> all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        expect_quick_end(leave_running(all.subspan(i, 1)));
    }
    expect_quick_end(leave_running(all));
}

}  // namespace nurt_test

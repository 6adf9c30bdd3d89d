// SPDX-License-Identifier: MIT
// nurt/loop/debug.hpp: what debug mode finds.
//
// On with NURT_DEBUG=1, run_options::debug or event_loop::set_debug. None of it is checked without.
#pragma once

#include <cstdint>
#include <string_view>

namespace nurt {

enum class debug_finding : std::uint8_t {
    slow_step,               // a step or callback took longer than slow_callback_duration
    never_awaited,           // a coroutine was dropped before it began
    foreign_thread,          // used by a thread that it does not belong to
    swallowed_cancellation,  // a cancelled_error was caught and not rethrown
    wait_cycle,              // tasks that wait for each other in a circle
    memory_limit,            // the loop holds more than it may; said once
};

// For the time of the call.
struct debug_report {
    debug_finding finding;
    std::string_view message;  // a whole sentence, places included
};

}  // namespace nurt

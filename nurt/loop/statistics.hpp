// SPDX-License-Identifier: MIT
// nurt/loop/statistics.hpp: what a loop has done and what it holds, in numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nurt {

// Of event_loop::statistics(). What counts happenings only grows. Memory is that of the loop's
// thread: what other loops of the same thread hold is in it.
struct loop_statistics {
    std::uint64_t turns;          // of the loop, begun
    std::uint64_t steps;          // of tasks, and callbacks; up to the last look at the kernel
    std::uint64_t waits;          // how often the kernel was asked, whether that slept or not
    std::uint64_t messages;       // from other threads: callbacks, results, signals
    std::uint64_t tasks_created;  // since the loop was made
    std::size_t tasks;            // that have not ended
    std::size_t timers;           // armed
    std::size_t operations;       // of input and output, under way
    std::size_t channels;         // descriptors that the loop waits for: connections, listeners
    std::size_t outside_work;     // jobs in other threads that run() will wait for
    std::size_t frames;           // blocks of memory that are coroutine frames and tasks
    std::size_t frame_bytes;      // in them
    std::size_t pool_bytes;       // held for them, so that the next ones are cheap
    std::size_t buffer_bytes;     // of memory for what was received and not yet used
    bool input_held;              // over the memory limit, it accepts and receives little
};

}  // namespace nurt

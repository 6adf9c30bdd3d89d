// SPDX-License-Identifier: MIT
// nurt/core/loop_group.hpp: the loops of one run.
//
// run(fn, {.loops = n}) runs the same function on n loops, each in a thread of its own. Nothing is
// shared among them but what the program shares, and a task never moves: other loops are given
// functions, by run_coroutine_threadsafe, and connections, by hand_over.
#pragma once

#include <cstddef>

namespace nurt {

class event_loop;

namespace detail {
class loop_set;
}

// What fn is given if it takes an argument. Copies mean the same; valid until fn's coroutine and all
// tasks of its loop have ended. Any thread may use it meanwhile.
class loop_group {
public:
    std::size_t size() const noexcept;                   // how many loops there are
    std::size_t index() const noexcept { return own_; }  // of the loop that this was given to

    // Each exists as long as this is valid; one whose main has ended is closed, and refuses what it
    // is given. usage_error for a number that is not below size().
    event_loop& operator[](std::size_t loop) const;

    // Cancels the main of every loop, as Ctrl-C does, and run() ends without an error. What begins
    // to stop does so once: a second call does nothing.
    void stop() const noexcept;

    loop_group(detail::loop_set& all, std::size_t own) noexcept : all_(&all), own_(own) {}

private:
    detail::loop_set* all_;
    std::size_t own_;
};

}  // namespace nurt

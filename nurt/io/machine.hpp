// SPDX-License-Identifier: MIT
// nurt/io/machine.hpp: processors, and the threads that use them.
#pragma once

#include <cstddef>

namespace nurt::io {

// On how many processors this process may run, as sched_setaffinity or a container has it; at
// least 1.
std::size_t processors() noexcept;

// Of the calling thread, for debuggers and top; the kernel keeps 15 characters.
void name_thread(const char* name) noexcept;

// No signal of the process is delivered to threads that are made while this lives, nor to this one.
class signals_blocked {
public:
    signals_blocked() noexcept;
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked();

private:
    unsigned long before_[16];  // a sigset_t
};

// SIGPIPE is held back from this thread while this lives: for calls that raise it and have no flag
// against that. take() swallows one that was raised meanwhile; one that was pending before belongs to
// somebody else.
class pipe_signal_held {
public:
    pipe_signal_held() noexcept;
    pipe_signal_held(const pipe_signal_held&) = delete;
    pipe_signal_held& operator=(const pipe_signal_held&) = delete;
    ~pipe_signal_held();

    void take() noexcept;

private:
    unsigned long before_[16];
    bool was_held_;
    bool was_pending_ = false;  // it can only be if it was held back already
};

}  // namespace nurt::io

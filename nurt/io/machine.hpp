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

}  // namespace nurt::io

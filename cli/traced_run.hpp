// SPDX-License-Identifier: MIT
// cli/traced_run.hpp: a piece of work in a process of its own, and the system calls it makes.
//
// They are counted by tracing, one by one, with nothing but the kernel (ptrace): any user may trace
// his own children, and where a container forbids it, that is said. Tracing makes each call many
// times slower, so time is measured in another run.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>

namespace nurt::cli {

struct traced_run {
    int exit_code = 0;  // or 128 and the number of the signal
    double wall_seconds = 0;
    double cpu_seconds = 0;               // user and system
    std::map<long, std::uint64_t> calls;  // by the number of the system call
    std::string refused;                  // why they could not be counted; "" when they were

    std::uint64_t total() const noexcept;
    std::uint64_t of(std::initializer_list<long> numbers) const noexcept;
};

// Calls the function in a child made by fork(), whose standard output goes nowhere; its result is
// the exit code. The caller has one thread. Throws os_error when there can be no child. The child
// ends with this process, if it is traced.
traced_run run_in_child(const std::function<int()>& work, bool count_calls);

}  // namespace nurt::cli

// SPDX-License-Identifier: MIT
// tests/faults/faulty_backend.hpp: a backend around another one, on which one thing goes wrong.
//
// What the border with the kernel may do to a loop, on every backend and in simulated time too: whatever
// a caller asks for may fail at once or later, take longer, or be done by half, and a cancellation may
// come too late.
#pragma once

#include <cstdint>
#include <memory>

#include "nurt/io/backend.hpp"

namespace nurt_test {

enum class harm : std::uint8_t {
    none,
    fail,         // at once
    fail_later,   // after it was submitted; what cannot be submitted fails at once
    delay,        // until the next wait; what does not wait is done
    shorten,      // a read or a write of one byte
    late_cancel,  // the cancellation is answered with "later"
    throw_in_wait,
};

// Everything that could go wrong is counted, and the n-th of it does.
struct fault_plan {
    harm how = harm::none;
    std::uint64_t nth = 0;
    int error = 0;

    std::uint64_t count = 0;  // so far
    bool happened = false;
    std::int64_t channels = 0;  // that are open
    std::uint64_t waits = 0;
};

// The plan has to live as long as the backend.
std::unique_ptr<nurt::io::backend> make_faulty_backend(std::unique_ptr<nurt::io::backend> inner,
                                                       fault_plan& plan);

}  // namespace nurt_test

// SPDX-License-Identifier: MIT
// tests/faults/memory.hpp: an operator new that says no.
//
// In this program it is replaced. While a memory_fault lives, what its thread asks for is counted, and
// one of them throws std::bad_alloc.
#pragma once

#include <cstdint>

namespace nurt_test {

// One at a time.
class memory_fault {
public:
    // The n-th, from 1 on; 0: none.
    explicit memory_fault(std::uint64_t n) noexcept;
    memory_fault(const memory_fault&) = delete;
    memory_fault& operator=(const memory_fault&) = delete;
    ~memory_fault();

    bool happened() const noexcept;
};

}  // namespace nurt_test

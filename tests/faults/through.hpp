// SPDX-License-Identifier: MIT
// tests/faults/through.hpp: how a call is put between the library and the kernel.
//
// The names are the linker's: with --wrap=f, who calls f gets __wrap_f, and the true one is __real_f.
#pragma once

#include <cerrno>
#include <cstddef>

#include "tests/faults/kernel.hpp"

namespace nurt_test {

template <class Real>
auto through(call which, Real real) noexcept -> decltype(real()) {
    if (const int error = refusal(which); error != 0) {
        errno = error;
        return -1;
    }
    return real();
}

// For calls that move `size` bytes, or fewer: real(n) moves at most n.
template <class Real>
auto through_moving(call which, std::size_t size, Real real) noexcept -> decltype(real(size)) {
    const int error = refusal(which);
    if (error != 0 && error != one_byte) {
        errno = error;
        return -1;
    }
    return real(error == one_byte && size > 1 ? 1 : size);
}

}  // namespace nurt_test

#define NURT_THROUGH(which, type, function, parameters, arguments)              \
    type __real_##function parameters;                                          \
    type __wrap_##function parameters;                                          \
    type __wrap_##function parameters {                                         \
        return nurt_test::through(nurt_test::call::which,                       \
                                  [&] { return __real_##function arguments; }); \
    }

// SPDX-License-Identifier: MIT
// nurt/io/standard_descriptors.cpp: see the header.
#include "nurt/io/standard_descriptors.hpp"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace nurt::io {

void keep_standard_descriptors() noexcept {
    for (int number = 0; number < 3; ++number) {
        if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) {
            continue;
        }
        // The lowest free number, unless another thread has taken that meanwhile.
        const int taken = ::open("/", O_PATH | O_CLOEXEC);
        if (taken > 2) {
            ::close(taken);
        }
    }
}

}  // namespace nurt::io

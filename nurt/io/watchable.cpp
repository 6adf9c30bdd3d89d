// SPDX-License-Identifier: MIT
// nurt/io/watchable.cpp: see the header.
#include "nurt/io/watchable.hpp"

#include <cerrno>

#include <sys/stat.h>

namespace nurt::io {

int refusal_to_watch(int descriptor) noexcept {
    struct stat found{};
    if (::fstat(descriptor, &found) != 0) {
        return errno;
    }
    return S_ISREG(found.st_mode) || S_ISDIR(found.st_mode) ? EPERM : 0;
}

}  // namespace nurt::io

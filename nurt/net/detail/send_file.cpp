// SPDX-License-Identifier: MIT
// nurt/net/detail/send_file.cpp: see the header.
#include "nurt/net/detail/send_file.hpp"

#include "nurt/io/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sys/sendfile.h>
#include <sys/types.h>

namespace nurt::detail {

namespace {

// One call: some 50 us of copying, after which others run.
constexpr std::uint64_t piece = 256 * 1024;

// sendfile(2) knows no MSG_NOSIGNAL.
std::int64_t send_quietly(int socket, int file, std::uint64_t offset, std::uint64_t n) noexcept {
    io::pipe_signal_held held;
    auto at = static_cast<off_t>(offset);
    const auto taken = ::sendfile(socket, file, &at, static_cast<std::size_t>(n));
    const std::int64_t result = taken < 0 ? -errno : taken;
    // What was sent before the peer went is the result, and the signal has been raised all the same.
    if (result == -EPIPE || (result >= 0 && result < static_cast<std::int64_t>(n))) {
        held.take();
    }
    return result;
}

}  // namespace

std::int64_t send_file_piece(int socket, int file, std::uint64_t offset,
                             std::uint64_t count) noexcept {
    return send_quietly(socket, file, offset, std::min(count, piece));
}

// Errors that say that this pair of descriptors has to be copied by the program. EBADF: a socket of a
// simulation; reading tells if it was the file's.
bool must_be_copied(std::int64_t result) noexcept {
    return result == -EINVAL || result == -ENOSYS || result == -EBADF || result == -ENOTSOCK ||
           result == -EOPNOTSUPP || result == -ESPIPE || result == -EOVERFLOW;
}

}  // namespace nurt::detail

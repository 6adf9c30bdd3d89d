// SPDX-License-Identifier: MIT
// nurt/net/detail/send_file.cpp: see the header.
#include "nurt/net/detail/send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sys/sendfile.h>
#include <sys/types.h>
#include <time.h>

namespace nurt::detail {

namespace {

// One call: some 50 us of copying, after which others run.
constexpr std::uint64_t piece = 256 * 1024;

// sendfile(2) knows no MSG_NOSIGNAL: SIGPIPE is held back for the call, and taken when it was raised,
// unless one was pending before.
std::int64_t send_quietly(int socket, int file, std::uint64_t offset, std::uint64_t n) noexcept {
    sigset_t pipe_only;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    auto at = static_cast<off_t>(offset);
    const auto taken = ::sendfile(socket, file, &at, static_cast<std::size_t>(n));
    const std::int64_t result = taken < 0 ? -errno : taken;
    // What was sent before the peer went is the result, and the signal has been raised all the same.
    const bool fell_short =
        result == -EPIPE || (result >= 0 && result < static_cast<std::int64_t>(n));
    if (fell_short && sigismember(&pending, SIGPIPE) == 0) {
        const timespec at_once{};
        while (sigtimedwait(&pipe_only, nullptr, &at_once) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
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

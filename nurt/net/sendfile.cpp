// SPDX-License-Identifier: MIT
// nurt/net/sendfile.cpp: see the header.
#include "nurt/net/sendfile.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/net/detail/stream_waits.hpp"
#include "nurt/net/detail/tcp_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include <sys/sendfile.h>
#include <unistd.h>

namespace nurt {

namespace {

using detail::stream_ref;
using detail::writer_mark;

// One call: some 50 us of copying, after which others run.
constexpr std::uint64_t piece = 256 * 1024;
constexpr std::uint64_t copied_piece = 64 * 1024;

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

// Errors that say that this pair of descriptors has to be copied by the program. EBADF: a socket of a
// simulation; reading tells if it was the file's.
bool must_be_copied(std::int64_t result) noexcept {
    return result == -EINVAL || result == -ENOSYS || result == -EBADF || result == -ENOTSOCK ||
           result == -EOPNOTSUPP || result == -ESPIPE || result == -EOVERFLOW;
}

[[noreturn]] void fail(const stream_ref& s, std::int64_t result) {
    throw os_error(static_cast<int>(-result), "send a file to " + s->bytes->peer_name());
}

// False: the kernel cannot send this file to this socket, and has sent nothing.
coro<bool> send_by_kernel(stream_ref s, writer_mark& mark, int file, std::uint64_t offset,
                          std::uint64_t count) {
    auto& bytes = static_cast<detail::tcp_stream&>(*s->bytes);
    while (mark.sent < count) {
        const std::uint64_t n = std::min(count - mark.sent, piece);
        std::int64_t result = send_quietly(bytes.descriptor(), file, offset + mark.sent, n);
        if (result == 0) {
            break;  // the end of the file
        }
        if (mark.sent == 0 && must_be_copied(result)) {
            co_return false;
        }
        if (result == -EAGAIN) {
            result = co_await detail::socket_ready_leaf(bytes, io::opcode::wait_writable);
        } else if (result > 0) {
            mark.sent += static_cast<std::uint64_t>(result);
            co_await sleep(seconds(0));
        }
        if (s->closed) {
            result = -ECANCELED;
        }
        if (result < 0 && result != -EINTR) {
            fail(s, result);
        }
    }
    co_return true;
}

coro<void> send_by_copying(stream_ref s, writer_mark& mark, int file, std::uint64_t offset,
                           std::uint64_t count) {
    std::string memory(static_cast<std::size_t>(std::min(count, copied_piece)), '\0');
    while (mark.sent < count) {
        const std::uint64_t n = std::min<std::uint64_t>(count - mark.sent, memory.size());
        const auto got = ::pread(file, memory.data(), static_cast<std::size_t>(n),
                                 static_cast<off_t>(offset + mark.sent));
        if (got < 0 && errno != EINTR) {
            throw os_error(errno, "read a file to send");
        }
        if (got == 0) {
            break;
        }
        if (got > 0) {
            const auto size = static_cast<std::size_t>(got);
            co_await detail::write_leaf(s, memory.data(), size, false, true);
            mark.sent += size;
        }
    }
}

coro<std::uint64_t> send_from(stream_ref s, int file, std::uint64_t offset, std::uint64_t count) {
    writer_mark mark(s);
    bool done = false;
    if (dynamic_cast<detail::tcp_stream*>(s->bytes.get()) != nullptr) {
        done = co_await send_by_kernel(s, mark, file, offset, count);
    }
    if (!done) {
        co_await send_by_copying(s, mark, file, offset, count);
    }
    mark.whole = true;
    co_return mark.sent;
}

}  // namespace

coro<std::uint64_t> sendfile(stream& to, int file, std::uint64_t offset, std::uint64_t count) {
    return send_from(to.shared(), file, offset, count);
}

}  // namespace nurt

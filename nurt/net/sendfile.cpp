// SPDX-License-Identifier: MIT
// nurt/net/sendfile.cpp: see the header.
#include "nurt/net/sendfile.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/net/detail/send_file.hpp"
#include "nurt/net/detail/stream_waits.hpp"
#include "nurt/net/detail/tcp_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <unistd.h>

namespace nurt {

namespace {

using detail::stream_ref;
using detail::writer_mark;

constexpr std::uint64_t copied_piece = 64 * 1024;

[[noreturn]] void fail(const stream_ref& s, std::int64_t result) {
    throw os_error(static_cast<int>(-result), "send a file to " + s->bytes->peer_name());
}

// False: the kernel cannot send this file to this socket, and has sent nothing.
coro<bool> send_by_kernel(stream_ref s, writer_mark& mark, int file, std::uint64_t offset,
                          std::uint64_t count) {
    auto& bytes = static_cast<detail::tcp_stream&>(*s->bytes);
    while (mark.sent < count) {
        std::int64_t result = detail::send_file_piece(bytes.descriptor(), file, offset + mark.sent,
                                                      count - mark.sent);
        if (result == 0) {
            break;  // the end of the file
        }
        if (mark.sent == 0 && detail::must_be_copied(result)) {
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

// SPDX-License-Identifier: MIT
// nurt/net/sock.cpp: see the header.
#include "nurt/net/sock.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/operation_leaf.hpp"
#include "nurt/net/detail/send_file.hpp"

#include <algorithm>
#include <cerrno>
#include <coroutine>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nurt {

namespace {

constexpr std::uint64_t copied_piece = 64 * 1024;

std::string attempt_of(const char* call, int socket) {
    return std::string(call) + ' ' + std::to_string(socket);
}

[[noreturn]] void fail(const char* call, int socket, std::int64_t result) {
    throw os_error(static_cast<int>(-result), attempt_of(call, socket));
}

// Until the descriptor is ready for reading or writing. Gives 0 or -errno.
class ready_leaf final : public detail::operation_leaf {
public:
    ready_leaf(int socket, bool writes, const char* call) noexcept
        : loop_(*event_loop::running_or_null()), socket_(socket), writes_(writes), call_(call) {
        code = writes ? io::opcode::wait_writable : io::opcode::wait_readable;
    }
    ~ready_leaf() { unwatch(); }
    bool await_ready() {
        target = &loop_.watch(socket_, writes_, attempt_of(call_, socket_));
        return false;
    }
    void await_suspend(std::coroutine_handle<>) noexcept { loop_.backend().submit(*this); }
    std::int64_t await_resume() const noexcept { return result; }

private:
    // Lets go at once, because the socket may be closed before the task has its turn.
    bool take_back() noexcept override {
        const bool taken = in_flight && loop_.backend().cancel(*this);
        if (taken) {
            unwatch();
        }
        return taken;
    }
    void unwatch() noexcept {
        if (std::exchange(target, nullptr) != nullptr) {
            loop_.unwatch(socket_, writes_);
        }
    }

    event_loop& loop_;
    int socket_;
    bool writes_;
    const char* call_;
};

// The result of a call that does not wait, repeated until it had not to: at least 0. Others get their
// turn even if it never waits.
template <class Call>
coro<std::int64_t> when_ready(int socket, bool writes, const char* name, Call call) {
    if (!event_loop::running().spend_budget()) {
        co_await sleep(seconds(0));
    }
    for (;;) {
        const std::int64_t done = call();
        if (done >= 0) {
            co_return done;
        }
        if (errno == EAGAIN) {
            const std::int64_t ready = co_await ready_leaf(socket, writes, name);
            if (ready < 0) {
                fail(name, socket, ready);
            }
        } else if (errno != EINTR) {
            fail(name, socket, -errno);
        }
    }
}

void check_non_blocking(const char* call, int socket) {
    const int flags = ::fcntl(socket, F_GETFL);
    if (flags < 0) {
        fail(call, socket, -errno);
    }
    if ((flags & O_NONBLOCK) == 0) {
        throw usage_error(attempt_of(call, socket) + ": the socket has to be non-blocking");
    }
}

coro<std::int64_t> send_some(int socket, std::string_view data, const char* name) {
    auto call = [socket, data] {
        return ::send(socket, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    };
    return when_ready(socket, true, name, call);
}

// 0: connected.
int start_connect(int socket, const io::endpoint& to) noexcept {
    if (::connect(socket, reinterpret_cast<const sockaddr*>(to.bytes), to.size) == 0) {
        return 0;
    }
    return errno == EINTR ? EINPROGRESS : errno;
}

// False: the kernel cannot send this file to this socket, and has sent nothing.
coro<bool> send_by_kernel(int socket, int file, std::uint64_t offset, std::uint64_t count,
                          std::uint64_t& sent) {
    while (sent < count) {
        std::int64_t n = detail::send_file_piece(socket, file, offset + sent, count - sent);
        if (n == 0) {
            break;  // the end of the file
        }
        if (sent == 0 && detail::must_be_copied(n)) {
            co_return false;
        }
        if (n == -EAGAIN) {
            n = co_await ready_leaf(socket, true, "sock_sendfile");
        } else if (n > 0) {
            sent += static_cast<std::uint64_t>(n);
            co_await sleep(seconds(0));
        }
        if (n < 0 && n != -EINTR) {
            fail("sock_sendfile", socket, n);
        }
    }
    co_return true;
}

coro<void> send_by_copying(int socket, int file, std::uint64_t offset, std::uint64_t count,
                           std::uint64_t& sent) {
    std::string memory(static_cast<std::size_t>(std::min(count, copied_piece)), '\0');
    while (sent < count) {
        const auto n =
            static_cast<std::size_t>(std::min<std::uint64_t>(count - sent, memory.size()));
        const auto got = ::pread(file, memory.data(), n, static_cast<off_t>(offset + sent));
        if (got < 0 && errno != EINTR) {
            fail("sock_sendfile", socket, -errno);
        }
        if (got == 0) {
            break;
        }
        if (got > 0) {
            const std::string_view piece(memory.data(), static_cast<std::size_t>(got));
            co_await sock_sendall(socket, piece);
            sent += piece.size();
        }
    }
}

int result_of_connect(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

coro<std::size_t> sock_recv_into(int socket, std::span<char> to) {
    auto call = [socket, to] { return ::recv(socket, to.data(), to.size(), MSG_DONTWAIT); };
    co_return static_cast<std::size_t>(co_await when_ready(socket, false, "sock_recv", call));
}

coro<std::string> sock_recv(int socket, std::size_t n) {
    std::string result(n, '\0');
    const std::size_t got = co_await sock_recv_into(socket, result);
    result.resize(got);
    co_return result;
}

coro<received> sock_recvfrom_into(int socket, std::span<char> to) {
    received result;
    auto call = [socket, to, &result] {
        socklen_t size = sizeof result.sender.bytes;
        const auto got = ::recvfrom(socket, to.data(), to.size(), MSG_DONTWAIT | MSG_TRUNC,
                                    reinterpret_cast<sockaddr*>(result.sender.bytes), &size);
        result.sender.size = got >= 0 ? size : 0;
        return got;
    };
    const auto length =
        static_cast<std::size_t>(co_await when_ready(socket, false, "sock_recvfrom", call));
    result.truncated = length > to.size();
    result.size = std::min(length, to.size());
    co_return result;
}

coro<datagram> sock_recvfrom(int socket, std::size_t n) {
    datagram result;
    result.data.resize(n);
    const received got = co_await sock_recvfrom_into(socket, result.data);
    result.data.resize(got.size);
    result.truncated = got.truncated;
    result.sender = got.sender;
    co_return result;
}

coro<void> sock_sendall(int socket, std::string_view data) {
    while (!data.empty()) {
        const std::int64_t sent = co_await send_some(socket, data, "sock_sendall");
        data.remove_prefix(static_cast<std::size_t>(sent));
    }
}

coro<std::size_t> sock_sendto(int socket, std::string_view data, io::endpoint to) {
    auto call = [socket, data, &to] {
        return ::sendto(socket, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(to.bytes), to.size);
    };
    co_return static_cast<std::size_t>(co_await when_ready(socket, true, "sock_sendto", call));
}

coro<std::size_t> sock_sendto(int socket, std::string_view data, socket_address to) {
    return sock_sendto(socket, data, to.to_endpoint());
}

coro<void> sock_connect(int socket, io::endpoint to) {
    check_non_blocking("sock_connect", socket);
    int error = start_connect(socket, to);
    while (error == EAGAIN) {  // the queue of a Unix listener is full, and nothing says until when
        co_await sleep(milliseconds(1));
        error = start_connect(socket, to);
    }
    if (error == EINPROGRESS) {
        const std::int64_t ready = co_await ready_leaf(socket, true, "sock_connect");
        error = ready < 0 ? static_cast<int>(-ready) : result_of_connect(socket);
    }
    if (error != 0) {
        fail("sock_connect", socket, -error);
    }
}

coro<void> sock_connect(int socket, socket_address to) {
    return sock_connect(socket, to.to_endpoint());
}

coro<void> sock_connect(int socket, unix_address to) {
    return sock_connect(socket, to.to_endpoint());
}

coro<accepted_socket> sock_accept(int socket) {
    check_non_blocking("sock_accept", socket);
    accepted_socket result;
    auto call = [socket, &result] {
        socklen_t size = sizeof result.peer.bytes;
        const int made = ::accept4(socket, reinterpret_cast<sockaddr*>(result.peer.bytes), &size,
                                   SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (made >= 0) {
            result.peer.size = size;
            result.socket = io::descriptor(made);
        }
        return made;
    };
    co_await when_ready(socket, false, "sock_accept", call);
    co_return result;
}

coro<std::uint64_t> sock_sendfile(int socket, int file, std::uint64_t offset, std::uint64_t count) {
    check_non_blocking("sock_sendfile", socket);
    std::uint64_t sent = 0;
    const bool done = co_await send_by_kernel(socket, file, offset, count, sent);
    if (!done) {
        co_await send_by_copying(socket, file, offset, count, sent);
    }
    co_return sent;
}

}  // namespace nurt

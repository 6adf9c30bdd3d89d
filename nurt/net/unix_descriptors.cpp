// SPDX-License-Identifier: MIT
// nurt/net/unix_descriptors.cpp: who is at the other end, and descriptors for it.
#include "nurt/net/unix.hpp"

#include "nurt/base/error.hpp"
#include "nurt/net/detail/stream_waits.hpp"
#include "nurt/net/detail/tcp_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/socket.h>

namespace nurt {

namespace {

using detail::socket_ready_leaf;
using detail::stream_ref;
using detail::tcp_stream;

constexpr std::size_t most_descriptors = 253;  // the kernel's limit for one message

tcp_stream& socket_of(const stream_ref& s) {
    auto* bytes = dynamic_cast<tcp_stream*>(s->bytes.get());
    if (bytes == nullptr) {
        throw usage_error("this stream has no socket");
    }
    if (s->closed) {
        detail::throw_stream_closed();
    }
    return *bytes;
}

[[noreturn]] void fail(const stream_ref& s, std::int64_t result, const char* attempt) {
    throw os_error(static_cast<int>(-result), attempt + s->bytes->peer_name());
}

// Memory for a message's descriptors, as the kernel wants it.
class control {
public:
    explicit control(std::size_t descriptors)
        : size_(CMSG_SPACE(descriptors * sizeof(int))),
          memory_(std::make_unique<std::max_align_t[]>(size_ / sizeof(std::max_align_t) + 1)) {}

    void attach_to(msghdr& header) const noexcept {
        header.msg_control = memory_.get();
        header.msg_controllen = size_;
    }

private:
    std::size_t size_;
    std::unique_ptr<std::max_align_t[]> memory_;
};

std::int64_t send_call(int socket, std::span<const int> descriptors, std::string_view data) {
    iovec vector{.iov_base = const_cast<char*>(data.data()), .iov_len = data.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    const control memory(descriptors.size());
    if (!descriptors.empty()) {
        memory.attach_to(header);
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
    }
    for (;;) {
        const auto sent = ::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || errno != EINTR) {
            return sent >= 0 ? sent : -errno;
        }
    }
}

void take_out(msghdr& header, with_descriptors& result) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < n; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(c) + i * sizeof number, sizeof number);
            result.descriptors.emplace_back(number);
        }
    }
}

// Bytes, or -errno.
std::int64_t receive_call(int socket, std::span<char> to, std::size_t most,
                          with_descriptors& result) {
    most = std::min(most, most_descriptors);
    const control memory(most);
    // The space is rounded up, and what fits into it is given: so reserve, since the descriptors are
    // ours from the call on and nothing may fail before they have an owner.
    result.descriptors.reserve(most + sizeof(std::max_align_t) / sizeof(int));
    for (;;) {
        iovec vector{.iov_base = to.data(), .iov_len = to.size()};
        msghdr header{};
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        memory.attach_to(header);
        const auto got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got >= 0) {
            take_out(header, result);
            result.truncated =
                (header.msg_flags & MSG_CTRUNC) != 0 || result.descriptors.size() > most;
            if (result.truncated) {
                result.descriptors.clear();
            }
            return got;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

coro<void> send_from(stream_ref s, std::span<const int> descriptors, std::string_view data) {
    tcp_stream& bytes = socket_of(s);
    if (data.empty()) {
        throw usage_error("descriptors are sent with at least one byte");
    }
    if (descriptors.size() > most_descriptors) {
        throw usage_error("at most 253 descriptors are sent at once");
    }
    detail::writer_mark mark(s);
    std::int64_t sent = send_call(bytes.descriptor(), descriptors, data);
    while (sent == -EAGAIN) {
        sent = co_await socket_ready_leaf(bytes, io::opcode::wait_writable);
        if (sent == 0) {
            sent = s->closed ? -ECANCELED : send_call(bytes.descriptor(), descriptors, data);
        }
    }
    if (sent < 0) {
        fail(s, sent, "send descriptors to ");
    }
    mark.sent = static_cast<std::uint64_t>(sent);
    data.remove_prefix(static_cast<std::size_t>(sent));
    co_await detail::write_leaf(s, data.data(), data.size(), false, true);
    mark.whole = true;
}

coro<with_descriptors> receive_from(stream_ref s, std::span<char> to, std::size_t most) {
    tcp_stream& bytes = socket_of(s);
    const detail::reader_mark mark(s);
    with_descriptors result;
    if (!s->buffer.empty() || s->ended || to.empty()) {
        result.size = s->buffer.take(to.data(), to.size());
        co_return result;
    }
    std::int64_t got = receive_call(bytes.descriptor(), to, most, result);
    while (got == -EAGAIN) {
        got = co_await socket_ready_leaf(bytes, io::opcode::wait_readable);
        if (got == 0) {
            got = s->closed ? -ECANCELED : receive_call(bytes.descriptor(), to, most, result);
        }
    }
    if (got < 0) {
        fail(s, got, "receive descriptors from ");
    }
    s->ended = got == 0;
    result.size = static_cast<std::size_t>(got);
    co_return result;
}

}  // namespace

peer_credentials credentials_of(const stream& s) {
    const int descriptor = socket_of(s.shared()).descriptor();
    ucred found{};
    socklen_t size = sizeof found;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) {
        throw os_error(errno, "credentials of " + s.peer_name());
    }
    if (found.uid == static_cast<uid_t>(-1)) {  // not of this machine
        throw os_error(EOPNOTSUPP, "credentials of " + s.peer_name());
    }
    return {.pid = found.pid, .uid = found.uid, .gid = found.gid};
}

coro<void> send_descriptors(stream& to, std::span<const int> descriptors, std::string_view data) {
    return send_from(to.shared(), descriptors, data);
}

coro<with_descriptors> receive_descriptors(stream& from, std::span<char> to, std::size_t most) {
    return receive_from(from.shared(), to, most);
}

}  // namespace nurt

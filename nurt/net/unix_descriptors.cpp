// SPDX-License-Identifier: MIT
// nurt/net/unix_descriptors.cpp: who is at the other end, and descriptors for it.
#include "nurt/net/unix.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/control_message.hpp"
#include "nurt/net/detail/stream_waits.hpp"
#include "nurt/net/detail/tcp_stream.hpp"

#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/socket.h>
#include <unistd.h>

namespace nurt {

namespace {

using detail::socket_ready_leaf;
using detail::stream_ref;
using detail::tcp_stream;

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

// Bytes, or -errno.
std::int64_t receive_call(int socket, std::span<char> to, std::size_t most,
                          with_descriptors& result) {
    detail::received_message message;
    const std::int64_t got = detail::receive_message(socket, to, most, message);
    result.descriptors = std::move(message.descriptors);
    result.truncated = message.descriptors_truncated;
    return got;
}

coro<void> send_from(stream_ref s, std::span<const int> descriptors, std::string_view data) {
    tcp_stream& bytes = socket_of(s);
    if (data.empty()) {
        throw usage_error("descriptors are sent with at least one byte");
    }
    detail::check_descriptors(bytes.descriptor(), descriptors.size());
    detail::writer_mark mark(s);
    std::int64_t sent = detail::send_message(bytes.descriptor(), descriptors, data, {});
    while (sent == -EAGAIN) {
        sent = co_await socket_ready_leaf(bytes, io::opcode::wait_writable);
        if (sent == 0) {
            sent = s->closed ? -ECANCELED
                             : detail::send_message(bytes.descriptor(), descriptors, data, {});
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
    detail::check_descriptors(bytes.descriptor(), 0);
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

using state_ptr = std::shared_ptr<detail::datagram_state>;

// One call of a socket for datagrams that carries more than a datagram.
class message_leaf final : public detail::datagram_leaf {
public:
    message_leaf(state_ptr state, std::span<const int> descriptors, std::string_view data,
                 const io::endpoint& to) noexcept
        : datagram_leaf(std::move(state), true, &one_, 0), sent_(descriptors), out_(data) {
        one_.address = to;
    }
    message_leaf(state_ptr state, std::span<char> to, std::size_t most,
                 detail::received_message& result) noexcept
        : datagram_leaf(std::move(state), false, &one_, 0), in_(to), most_(most), got_(&result) {}

    std::size_t await_resume() const { return number(); }

private:
    std::int64_t call(int socket) noexcept override {
        try {
            return got_ == nullptr ? detail::send_message(socket, sent_, out_, one_.address)
                                   : detail::receive_message(socket, in_, most_, *got_);
        } catch (...) {
            return -ENOMEM;
        }
    }

    io::datagram one_;  // for the address
    std::span<const int> sent_;
    std::string_view out_;
    std::span<char> in_;
    std::size_t most_ = 0;
    detail::received_message* got_ = nullptr;
};

// Of a closed one the leaf says so.
void check_open(const state_ptr& s, std::size_t descriptors) {
    if (s && s->channel != nullptr) {
        detail::check_descriptors(s->channel->descriptor(), descriptors);
    }
}

coro<void> send_datagram(state_ptr s, std::span<const int> descriptors, std::string_view data,
                         io::endpoint to) {
    check_open(s, descriptors.size());
    co_await message_leaf(std::move(s), descriptors, data, to);
}

coro<datagram_with_descriptors> receive_datagram(state_ptr s, std::span<char> to,
                                                 std::size_t most) {
    check_open(s, 0);
    detail::received_message message;
    datagram_with_descriptors result;
    result.size = co_await message_leaf(std::move(s), to, most, message);
    result.truncated = message.data_truncated;
    result.descriptors = std::move(message.descriptors);
    result.descriptors_truncated = message.descriptors_truncated;
    result.sender = message.sender;
    if (message.credentials) {
        const detail::process_identity who = *message.credentials;
        result.credentials = peer_credentials{.pid = who.pid, .uid = who.uid, .gid = who.gid};
    }
    co_return result;
}

}  // namespace

coro<void> send_descriptors(datagram_socket& to, std::span<const int> descriptors,
                            std::string_view data) {
    return send_datagram(to.shared(), descriptors, data, {});
}

coro<void> send_descriptors(datagram_socket& from, std::span<const int> descriptors,
                            std::string_view data, const unix_address& to) {
    return send_datagram(from.shared(), descriptors, data, to.to_endpoint());
}

coro<datagram_with_descriptors> receive_descriptors(datagram_socket& from, std::span<char> to,
                                                    std::size_t most) {
    return receive_datagram(from.shared(), to, most);
}

peer_credentials credentials_of(const stream& s) {
    const detail::tcp_stream& socket = socket_of(s.shared());
    const int descriptor = socket.descriptor();
    event_loop* loop = event_loop::running_or_null();
    if (loop != nullptr && loop->parts().clock->simulated() &&
        unix_address::from(socket.local_address())) {  // then the peer is this process
        return {.pid = ::getpid(), .uid = ::geteuid(), .gid = ::getegid()};
    }
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

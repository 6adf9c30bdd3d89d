// SPDX-License-Identifier: MIT
// nurt/io/detail/datagram_calls.cpp: see the header.
#include "nurt/io/detail/datagram_calls.hpp"

#include "nurt/base/error.hpp"

#include <cerrno>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nurt::io::detail {

namespace {

// The headers for so many stand on the stack, 5 KiB; more are handed over in several calls.
constexpr std::size_t most_at_once = 64;

struct batch {
    mmsghdr headers[most_at_once];
    iovec vectors[most_at_once];
};

void fill_in(msghdr& header, iovec& vector, void* data, std::size_t size) noexcept {
    vector = {.iov_base = data, .iov_len = size};
    header = {};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
}

int family_of(const endpoint& e) noexcept {
    return reinterpret_cast<const sockaddr*>(e.bytes)->sa_family;
}

// One message needs no table: a smaller call, which matters for question and answer.
int receive_one(int descriptor, datagram& d) noexcept {
    msghdr header;
    iovec vector;
    fill_in(header, vector, d.data, d.room);
    header.msg_name = d.address.bytes;
    header.msg_namelen = sizeof d.address.bytes;
    for (;;) {
        const auto got = ::recvmsg(descriptor, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got >= 0) {
            d.size = static_cast<std::size_t>(got);
            d.truncated = (header.msg_flags & MSG_TRUNC) != 0;
            d.address.size = header.msg_namelen;
            return 1;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

int receive_some(int descriptor, datagram* first, unsigned count) noexcept {
    batch b;
    for (unsigned i = 0; i < count; ++i) {
        fill_in(b.headers[i].msg_hdr, b.vectors[i], first[i].data, first[i].room);
        b.headers[i].msg_hdr.msg_name = first[i].address.bytes;
        b.headers[i].msg_hdr.msg_namelen = sizeof first[i].address.bytes;
    }
    int got = 0;
    do {
        got = ::recvmmsg(descriptor, b.headers, count, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, nullptr);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return -errno;
    }
    for (int i = 0; i < got; ++i) {
        const msghdr& header = b.headers[i].msg_hdr;
        first[i].size = b.headers[i].msg_len;
        first[i].truncated = (header.msg_flags & MSG_TRUNC) != 0;
        first[i].address.size = header.msg_namelen;
    }
    return got;
}

void address_to(msghdr& header, const datagram& d) noexcept {
    if (d.address.size != 0) {
        header.msg_name = const_cast<unsigned char*>(d.address.bytes);
        header.msg_namelen = d.address.size;
    }
}

int send_one(int descriptor, const datagram& d) noexcept {
    msghdr header;
    iovec vector;
    fill_in(header, vector, d.data, d.size);
    address_to(header, d);
    for (;;) {
        if (::sendmsg(descriptor, &header, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
            return 1;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

int send_some(int descriptor, const datagram* first, unsigned count) noexcept {
    batch b;
    for (unsigned i = 0; i < count; ++i) {
        fill_in(b.headers[i].msg_hdr, b.vectors[i], first[i].data, first[i].size);
        address_to(b.headers[i].msg_hdr, first[i]);
    }
    for (;;) {
        const int taken = ::sendmmsg(descriptor, b.headers, count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken >= 0) {
            return taken;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

// Calls `some` for pieces of a batch until one is not filled. An error after the first piece is told
// by the next call.
template <class Datagram, class Some>
int in_pieces(Datagram* first, std::size_t count, Some some) noexcept {
    std::size_t done = 0;
    while (done < count) {
        const std::size_t n = count - done < most_at_once ? count - done : most_at_once;
        const int result = some(first + done, static_cast<unsigned>(n));
        if (result < 0) {
            return done == 0 ? result : static_cast<int>(done);
        }
        done += static_cast<std::size_t>(result);
        if (static_cast<std::size_t>(result) < n) {
            break;
        }
    }
    return static_cast<int>(done);
}

bool set_flag(int descriptor, int level, int name) noexcept {
    const int on = 1;
    return ::setsockopt(descriptor, level, name, &on, sizeof on) == 0;
}

}  // namespace

int open_datagram_socket(const endpoint& at, const datagram_options& options,
                         std::string_view attempt) {
    const int family = family_of(at);
    const int descriptor = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        throw os_error(errno, attempt);
    }
    // "::" means IPv6 only, as for listeners.
    bool ok = family != AF_INET6 || set_flag(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
    if (options.reuse_address) {
        ok = ok && set_flag(descriptor, SOL_SOCKET, SO_REUSEADDR);
    }
    if (options.reuse_port) {
        ok = ok && set_flag(descriptor, SOL_SOCKET, SO_REUSEPORT);
    }
    if (options.bound) {
        ok = ok && ::bind(descriptor, reinterpret_cast<const sockaddr*>(at.bytes), at.size) == 0;
    }
    if (!ok) {
        const int code = errno;
        ::close(descriptor);
        throw os_error(code, attempt);
    }
    return descriptor;
}

int receive_datagrams(int descriptor, datagram* first, std::size_t count) noexcept {
    if (count == 1) {
        return receive_one(descriptor, *first);
    }
    return in_pieces(first, count, [descriptor](datagram* piece, unsigned n) {
        return receive_some(descriptor, piece, n);
    });
}

int send_datagrams(int descriptor, const datagram* first, std::size_t count) noexcept {
    if (count == 1) {
        return send_one(descriptor, *first);
    }
    return in_pieces(first, count, [descriptor](const datagram* piece, unsigned n) {
        return send_some(descriptor, piece, n);
    });
}

int set_membership(int descriptor, bool member, const endpoint& group,
                   unsigned interface) noexcept {
    group_req request{};
    request.gr_interface = interface;
    std::memcpy(&request.gr_group, group.bytes, group.size);
    const int level = family_of(group) == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    const int name = member ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
    return ::setsockopt(descriptor, level, name, &request, sizeof request) == 0 ? 0 : -errno;
}

}  // namespace nurt::io::detail

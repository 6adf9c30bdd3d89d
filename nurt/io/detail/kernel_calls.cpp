// SPDX-License-Identifier: MIT
// nurt/io/detail/kernel_calls.cpp: see the header.
#include "nurt/io/detail/kernel_calls.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/machine.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

namespace nurt::io::detail {

namespace {

template <class Call>
std::int64_t again(Call call) noexcept {
    for (;;) {
        const auto result = call();
        if (result >= 0) {
            return result;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

const sockaddr* address_of(const endpoint& e) noexcept {
    return reinterpret_cast<const sockaddr*>(e.bytes);
}

sockaddr* address_of(endpoint& e) noexcept {
    return reinterpret_cast<sockaddr*>(e.bytes);
}

int family_of(const endpoint& e) noexcept {
    return address_of(e)->sa_family;
}

// Linux 6.18 can write without raising SIGPIPE, which old headers do not know.
constexpr int without_signal = 0x100;  // RWF_NOSIGNAL

std::int64_t write_without_signal(int descriptor, const void* data, std::size_t size) noexcept {
    iovec all{const_cast<void*>(data), size};
    return again([&] { return ::pwritev2(descriptor, &all, 1, -1, without_signal); });
}

bool kernel_writes_without_signal() noexcept {
    static const bool does = [] {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
            return false;
        }
        const bool wrote = write_without_signal(ends[1], "x", 1) == 1;
        close(ends[0]);
        close(ends[1]);
        return wrote;
    }();
    return does;
}

// write() has no MSG_NOSIGNAL.
std::int64_t write_quietly(int descriptor, const void* data, std::size_t size) noexcept {
    pipe_signal_held held;
    const std::int64_t result = again([&] { return ::write(descriptor, data, size); });
    if (result == -EPIPE) {
        held.take();
    }
    return result;
}

// Errors of one connection that ended before it was accepted, which accept(2) reports instead of
// going on to the next.
bool concerns_one_connection(std::int64_t result) noexcept {
    switch (-result) {
        case ECONNABORTED:
        case EPROTO:
        case EPERM:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case ENETUNREACH: return true;
        default: return false;
    }
}

}  // namespace

std::int64_t receive(int descriptor, void* data, std::size_t size, bool& is_socket) noexcept {
    if (is_socket) {
        const auto result = again([&] { return ::recv(descriptor, data, size, MSG_DONTWAIT); });
        if (result != -ENOTSOCK) {
            return result;
        }
        is_socket = false;
    }
    return again([&] { return ::read(descriptor, data, size); });
}

std::int64_t send(int descriptor, const void* data, std::size_t size, bool& is_socket) noexcept {
    if (is_socket) {
        const auto result =
            again([&] { return ::send(descriptor, data, size, MSG_DONTWAIT | MSG_NOSIGNAL); });
        if (result != -ENOTSOCK) {
            return result;
        }
        is_socket = false;
    }
    if (kernel_writes_without_signal()) {
        const auto result = write_without_signal(descriptor, data, size);
        if (result != -EOPNOTSUPP) {  // some kinds of files know only the plain call
            return result;
        }
    }
    return write_quietly(descriptor, data, size);
}

std::int64_t accept(int descriptor, endpoint* peer) noexcept {
    for (;;) {
        socklen_t size = sizeof(endpoint::bytes);
        sockaddr* address = peer != nullptr ? address_of(*peer) : nullptr;
        const auto result = again([&] {
            return ::accept4(descriptor, address, address != nullptr ? &size : nullptr,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
        });
        if (result >= 0 && peer != nullptr) {
            peer->size = size;
        }
        if (result >= 0 || !concerns_one_connection(result)) {
            return result;
        }
    }
}

std::int64_t start_connect(int descriptor, const endpoint& to) noexcept {
    // Interrupted by a signal it goes on all the same: no second call.
    if (::connect(descriptor, address_of(to), to.size) == 0) {
        return 0;
    }
    return errno == EINTR ? -EINPROGRESS : -errno;
}

std::int64_t connect_result(int descriptor) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        return -errno;
    }
    return -error;
}

void drop_unread(int descriptor) noexcept {
    char scratch[16 * 1024];
    for (int i = 0; i < 16; ++i) {
        if (::recv(descriptor, scratch, sizeof scratch, MSG_DONTWAIT) !=
            static_cast<ssize_t>(sizeof scratch)) {
            return;
        }
    }
}

void limit_flush(int descriptor) noexcept {
    const unsigned milliseconds = 5000;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
}

void reset_on_close(int descriptor) noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int open_stream_socket(const endpoint& towards, std::string_view attempt) {
    const int descriptor =
        ::socket(family_of(towards), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) {
        throw os_error(errno, attempt);
    }
    return descriptor;
}

void remove_socket_file(const endpoint& bound) noexcept {
    const auto& name = *reinterpret_cast<const sockaddr_un*>(bound.bytes);
    if (family_of(bound) == AF_UNIX && name.sun_path[0] != '\0') {
        ::unlink(name.sun_path);
    }
}

int listen_stream_socket(const endpoint& at, const listen_options& options,
                         std::string_view attempt) {
    const int descriptor = open_stream_socket(at, attempt);
    const int on = 1;
    const bool unix_domain = family_of(at) == AF_UNIX;
    bool ok =
        unix_domain || ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (options.reuse_port) {
        ok = ok && ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    }
    if (family_of(at) == AF_INET6) {
        // "::" means IPv6 only, so that one port can be listened to for both families.
        ok = ok && ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    }
    if (unix_domain && options.mode != 0) {
        ok = ::fchmod(descriptor, options.mode) == 0;  // what bind gives to the file
    }
    const bool bound = ok && ::bind(descriptor, address_of(at), at.size) == 0;
    ok = bound && ::listen(descriptor, options.backlog) == 0;
    if (!ok) {
        const int code = errno;
        if (bound) {
            remove_socket_file(at);
        }
        close(descriptor);
        throw os_error(code, attempt);
    }
    return descriptor;
}

int bind(int descriptor, const endpoint& from) noexcept {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    return ::bind(descriptor, address_of(from), from.size) == 0 ? 0 : -errno;
}

endpoint local_address(int descriptor) noexcept {
    endpoint e;
    socklen_t size = sizeof e.bytes;
    e.size = ::getsockname(descriptor, address_of(e), &size) == 0 ? size : 0;
    return e;
}

endpoint peer_address(int descriptor) noexcept {
    endpoint e;
    socklen_t size = sizeof e.bytes;
    e.size = ::getpeername(descriptor, address_of(e), &size) == 0 ? size : 0;
    return e;
}

namespace {

bool is_ipv6(int descriptor) noexcept {
    int family = 0;
    socklen_t size = sizeof family;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 &&
           family == AF_INET6;
}

// The options of datagrams that have a number of their own in each family.
int set_ip_option(int descriptor, socket_option option, int value) noexcept {
    const bool six = is_ipv6(descriptor);
    int name = 0;
    ip_mreqn interface{};
    const void* data = &value;
    socklen_t size = sizeof value;
    switch (option) {
        case socket_option::hops: name = six ? IPV6_UNICAST_HOPS : IP_TTL; break;
        case socket_option::multicast_hops:
            name = six ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL;
            break;
        case socket_option::multicast_loop:
            name = six ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP;
            break;
        case socket_option::multicast_interface:
            name = six ? IPV6_MULTICAST_IF : IP_MULTICAST_IF;
            if (!six) {
                interface.imr_ifindex = value;
                data = &interface;
                size = sizeof interface;
            }
            break;
        default: return -ENOPROTOOPT;
    }
    return ::setsockopt(descriptor, six ? IPPROTO_IPV6 : IPPROTO_IP, name, data, size) == 0
               ? 0
               : -errno;
}

}  // namespace

int set_option(int descriptor, socket_option option, int value) noexcept {
    int level = SOL_SOCKET;
    int name = 0;
    switch (option) {
        case socket_option::no_delay:
            level = IPPROTO_TCP;
            name = TCP_NODELAY;
            break;
        case socket_option::keep_alive: name = SO_KEEPALIVE; break;
        case socket_option::receive_buffer: name = SO_RCVBUF; break;
        case socket_option::send_buffer: name = SO_SNDBUF; break;
        case socket_option::broadcast: name = SO_BROADCAST; break;
        default: return set_ip_option(descriptor, option, value);
    }
    return ::setsockopt(descriptor, level, name, &value, sizeof value) == 0 ? 0 : -errno;
}

int shutdown_write(int descriptor) noexcept {
    return ::shutdown(descriptor, SHUT_WR) == 0 ? 0 : -errno;
}

void stop_listening(int descriptor) noexcept {
    ::shutdown(descriptor, SHUT_RDWR);
}

void close(int descriptor) noexcept {
    ::close(descriptor);  // Linux closes it whatever the result is: never repeated.
}

}  // namespace nurt::io::detail

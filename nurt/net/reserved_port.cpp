// SPDX-License-Identifier: MIT
// nurt/net/reserved_port.cpp: see the header.
#include "nurt/net/reserved_port.hpp"

#include "nurt/base/error.hpp"
#include "nurt/net/address.hpp"

#include <cerrno>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

namespace nurt {

namespace {

sockaddr* as_sockaddr(io::endpoint& e) noexcept {
    return reinterpret_cast<sockaddr*>(e.bytes);
}

// Bound and not listening: that keeps the port, and the kernel gives it no connection. With
// SO_REUSEADDR it would not keep it from servers of others, which set that as well.
bool bind_shared(int descriptor, io::endpoint& at) noexcept {
    const int on = 1;
    socklen_t size = sizeof at.bytes;
    const bool ok = ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
                    ::bind(descriptor, as_sockaddr(at), at.size) == 0 &&
                    ::getsockname(descriptor, as_sockaddr(at), &size) == 0;
    at.size = size;
    return ok;
}

}  // namespace

reserved_port::reserved_port(std::string_view address) {
    const auto ip = address.empty() ? ip_address::any_v4() : ip_address::parse(address);
    if (!ip) {
        throw usage_error("reserved_port needs an address, as 127.0.0.1: " + std::string(address));
    }
    const socket_address wanted(*ip, 0);
    io::endpoint at = wanted.to_endpoint();
    descriptor_ = ::socket(as_sockaddr(at)->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0 || !bind_shared(descriptor_, at)) {
        const int error = errno;
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        throw os_error(error, "reserve a port of " + ip->to_string());
    }
    number_ = socket_address::from(at).value_or(wanted).port();
}

reserved_port::~reserved_port() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace nurt

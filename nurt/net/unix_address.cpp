// SPDX-License-Identifier: MIT
// nurt/net/unix_address.cpp: see the header.
#include "nurt/net/unix_address.hpp"

#include "nurt/base/error.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>

namespace nurt {

namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);
static_assert(sizeof(sockaddr_un::sun_path) == unix_address::longest + 1);

}  // namespace

unix_address::unix_address(std::string_view name) : name_(name) {
    if (name_.starts_with('@')) {
        name_[0] = '\0';
    }
    const std::string_view rest = std::string_view(name_).substr(is_abstract() ? 1 : 0);
    if (rest.size() > longest) {
        throw os_error(ENAMETOOLONG, "unix socket " + to_string() + " (longer than 107 bytes)");
    }
    if (is_path() && rest.find('\0') != rest.npos) {
        throw os_error(EINVAL, "unix socket with a NUL in its path");
    }
}

std::optional<unix_address> unix_address::from(const io::endpoint& e) {
    sockaddr_un address{};
    if (e.size < path_offset || e.size > sizeof address) {
        return std::nullopt;
    }
    std::memcpy(&address, e.bytes, e.size);
    if (address.sun_family != AF_UNIX) {
        return std::nullopt;
    }
    unix_address result;
    result.name_.assign(address.sun_path, e.size - path_offset);
    if (!result.is_abstract()) {
        result.name_.resize(std::strlen(result.name_.c_str()));  // the kernel counts its final NUL
    }
    return result;
}

std::string unix_address::to_string() const {
    std::string text = name_;
    if (is_abstract()) {
        text[0] = '@';
    }
    return text;
}

io::endpoint unix_address::to_endpoint() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    io::endpoint e;
    e.size = static_cast<std::uint32_t>(path_offset + name_.size() + (is_path() ? 1 : 0));
    std::memcpy(e.bytes, &address, sizeof address);
    return e;
}

}  // namespace nurt

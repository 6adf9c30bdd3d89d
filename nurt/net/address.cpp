// SPDX-License-Identifier: MIT
// nurt/net/address.cpp: see the header.
#include "nurt/net/address.hpp"

#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace nurt {

namespace {

// A decimal number of the whole text, no sign, no leading zero.
std::optional<unsigned> parse_number(std::string_view text, unsigned largest) {
    if (text.empty() || (text.size() > 1 && text[0] == '0') || text[0] < '0' || text[0] > '9') {
        return std::nullopt;
    }
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > largest) {
        return std::nullopt;
    }
    return value;
}

std::optional<ip_address> parse_v4(std::string_view text) {
    std::uint8_t parts[4] = {};
    for (int i = 0; i < 4; ++i) {
        const auto dot = i < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const auto part = parse_number(text.substr(0, dot), 255);
        if (!part) {
            return std::nullopt;
        }
        parts[i] = static_cast<std::uint8_t>(*part);
        text.remove_prefix(i < 3 ? dot + 1 : dot);
    }
    return ip_address::v4(parts[0], parts[1], parts[2], parts[3]);
}

std::optional<std::uint32_t> parse_scope(std::string_view text) {
    if (const auto number = parse_number(text, UINT32_MAX)) {
        return *number;
    }
    const unsigned index = ::if_nametoindex(std::string(text).c_str());
    return index != 0 ? std::optional<std::uint32_t>(index) : std::nullopt;
}

std::optional<ip_address> parse_v6(std::string_view text) {
    std::uint32_t scope = 0;
    if (const auto percent = text.find('%'); percent != std::string_view::npos) {
        const auto found = parse_scope(text.substr(percent + 1));
        if (!found) {
            return std::nullopt;
        }
        scope = *found;
        text = text.substr(0, percent);
    }
    char copy[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof copy || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    std::memcpy(copy, text.data(), text.size());
    std::uint8_t bytes[16];
    if (::inet_pton(AF_INET6, copy, bytes) != 1) {
        return std::nullopt;
    }
    return ip_address::v6(bytes, scope);
}

}  // namespace

ip_address ip_address::v6(const std::uint8_t* bytes, std::uint32_t scope) {
    ip_address result;
    result.six_ = true;
    std::memcpy(result.bytes_, bytes, sizeof result.bytes_);
    result.scope_ = scope;
    return result;
}

ip_address ip_address::any_v6() {
    ip_address result;
    result.six_ = true;
    return result;
}

ip_address ip_address::loopback_v6() {
    ip_address result = any_v6();
    result.bytes_[15] = 1;
    return result;
}

std::optional<ip_address> ip_address::parse(std::string_view text) {
    return text.find(':') == std::string_view::npos ? parse_v4(text) : parse_v6(text);
}

bool ip_address::is_loopback() const noexcept {
    return six_ ? std::memcmp(bytes_, loopback_v6().bytes_, sizeof bytes_) == 0 : bytes_[0] == 127;
}

bool ip_address::is_unspecified() const noexcept {
    return std::memcmp(bytes_, ip_address().bytes_, sizeof bytes_) == 0;
}

std::string ip_address::to_string() const {
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(six_ ? AF_INET6 : AF_INET, bytes_, text, sizeof text);
    std::string result = text;
    if (scope_ != 0) {
        char name[IF_NAMESIZE];
        const char* found = ::if_indextoname(scope_, name);
        result += '%';
        result += found != nullptr ? found : std::to_string(scope_);
    }
    return result;
}

std::optional<socket_address> socket_address::parse(std::string_view text) {
    const bool bracket = text.starts_with('[');
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || (bracket && text.find(']') + 1 != colon)) {
        return std::nullopt;
    }
    const auto host = bracket ? text.substr(1, colon - 2) : text.substr(0, colon);
    const auto ip = bracket ? parse_v6(host) : parse_v4(host);
    const auto port = parse_number(text.substr(colon + 1), 65535);
    if (!ip || !port) {
        return std::nullopt;
    }
    return socket_address(*ip, static_cast<std::uint16_t>(*port));
}

std::optional<socket_address> socket_address::from(const io::endpoint& e) {
    sockaddr_in four{};
    sockaddr_in6 six{};
    if (e.size >= sizeof four) {
        std::memcpy(&four, e.bytes, sizeof four);
    }
    if (four.sin_family == AF_INET) {
        std::uint8_t b[4];
        std::memcpy(b, &four.sin_addr, sizeof b);
        return socket_address(ip_address::v4(b[0], b[1], b[2], b[3]), ntohs(four.sin_port));
    }
    if (four.sin_family == AF_INET6 && e.size >= sizeof six) {
        std::memcpy(&six, e.bytes, sizeof six);
        return socket_address(ip_address::v6(six.sin6_addr.s6_addr, six.sin6_scope_id),
                              ntohs(six.sin6_port));
    }
    return std::nullopt;
}

io::endpoint socket_address::to_endpoint() const {
    io::endpoint e;
    if (ip_.is_v4()) {
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_port = htons(port_);
        std::memcpy(&four.sin_addr, ip_.data(), sizeof four.sin_addr);
        std::memcpy(e.bytes, &four, sizeof four);
        e.size = sizeof four;
        return e;
    }
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port_);
    six.sin6_scope_id = ip_.scope();
    std::memcpy(&six.sin6_addr, ip_.data(), sizeof six.sin6_addr);
    std::memcpy(e.bytes, &six, sizeof six);
    e.size = sizeof six;
    return e;
}

std::string socket_address::to_string() const {
    const std::string port = ':' + std::to_string(port_);
    return ip_.is_v6() ? '[' + ip_.to_string() + ']' + port : ip_.to_string() + port;
}

}  // namespace nurt

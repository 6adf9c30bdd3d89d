// SPDX-License-Identifier: MIT
// nurt/net/address.hpp: IP addresses and the ports behind them.
//
// Plain values: parsed, printed and compared, without a name lookup. Names are the business of
// nurt/net/resolver.hpp.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nurt/io/endpoint.hpp"

namespace nurt {

// An IPv4 or IPv6 address. IPv4 sorts before IPv6; an IPv4 address and the same one mapped into
// IPv6 are different values.
class ip_address {
public:
    constexpr ip_address() = default;  // 0.0.0.0

    static constexpr ip_address v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
        ip_address result;
        result.bytes_[0] = a;
        result.bytes_[1] = b;
        result.bytes_[2] = c;
        result.bytes_[3] = d;
        return result;
    }
    // 16 bytes, most significant first; scope: the number of the interface for link-local ones.
    static ip_address v6(const std::uint8_t* bytes, std::uint32_t scope = 0);

    static ip_address any_v4() { return {}; }
    static ip_address any_v6();
    static ip_address loopback_v4() { return v4(127, 0, 0, 1); }
    static ip_address loopback_v6();

    // "192.0.2.1" (four decimal numbers without leading zeros), "2001:db8::1" or
    // "fe80::1%eth0". Nothing when it is no address.
    static std::optional<ip_address> parse(std::string_view text);

    bool is_v4() const noexcept { return !six_; }
    bool is_v6() const noexcept { return six_; }
    bool is_loopback() const noexcept;
    bool is_unspecified() const noexcept;  // 0.0.0.0 or ::

    const std::uint8_t* data() const noexcept { return bytes_; }  // size() bytes, network order
    int size() const noexcept { return six_ ? 16 : 4; }
    std::uint32_t scope() const noexcept { return scope_; }

    std::string to_string() const;

    auto operator<=>(const ip_address&) const = default;

private:
    bool six_ = false;
    std::uint8_t bytes_[16] = {};
    std::uint32_t scope_ = 0;
};

// An IP address and a port.
class socket_address {
public:
    constexpr socket_address() = default;
    constexpr socket_address(ip_address ip, std::uint16_t port) : ip_(ip), port_(port) {}

    // "192.0.2.1:80" or "[2001:db8::1]:80".
    static std::optional<socket_address> parse(std::string_view text);
    // Nothing for an endpoint that is neither IPv4 nor IPv6.
    static std::optional<socket_address> from(const io::endpoint& e);

    const ip_address& ip() const noexcept { return ip_; }
    std::uint16_t port() const noexcept { return port_; }

    std::string to_string() const;
    io::endpoint to_endpoint() const;

    auto operator<=>(const socket_address&) const = default;

private:
    ip_address ip_;
    std::uint16_t port_ = 0;
};

}  // namespace nurt

// SPDX-License-Identifier: MIT
// nurt/http/detail/authority.cpp: host[:port], checked byte by byte.
#include "nurt/http/detail/authority.hpp"

#include "nurt/http/detail/scan.hpp"

namespace nurt::http::detail {

namespace {

bool is_digit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

const char* split_port(std::string_view text, int& port) noexcept {
    port = -1;
    if (text.empty()) return nullptr;
    int value = 0;
    for (const char byte : text) {
        const int digit = byte - '0';
        if (digit < 0 || digit > 9) return "the port is not a number";
        value = value * 10 + digit;
        if (value > 65535) return "the port is above 65535";
    }
    port = value;
    return nullptr;
}

// What stands between the host and the end: nothing, or ":port".
const char* split_rest(std::string_view rest, authority& result) noexcept {
    if (rest.empty()) return nullptr;
    if (rest.front() == '@') return "user information is not allowed in it";
    if (rest.front() != ':') return "the host has a byte that no host name has";
    const char* const why = split_port(rest.substr(1), result.port);
    if (why == nullptr || rest.find('@') == std::string_view::npos) return why;
    return "user information is not allowed in it";
}

bool is_ipv4(std::string_view text) noexcept {
    for (int part = 0; part < 4; ++part) {
        if (part > 0) {
            if (text.empty() || text.front() != '.') return false;
            text.remove_prefix(1);
        }
        std::size_t digits = 0;
        int value = 0;
        while (digits < text.size() && digits < 4 && is_digit(text[digits])) {
            value = value * 10 + (text[digits++] - '0');
        }
        const bool padded = digits > 1 && text.front() == '0';
        if (digits == 0 || digits > 3 || value > 255 || padded) return false;
        text.remove_prefix(digits);
    }
    return text.empty();
}

// The groups of one side of "::". `count` grows by two for a dotted quad, which may only be last.
bool count_groups(std::string_view side, bool quad_allowed, int& count) noexcept {
    if (side.empty()) return true;
    for (;;) {
        const std::size_t colon = side.find(':');
        const std::string_view group = side.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && quad_allowed && group.find('.') != std::string_view::npos) {
            count += 2;
            return is_ipv4(group);
        }
        if (group.empty() || group.size() > 4) return false;
        for (const char byte : group) {
            if (hex_digit(byte) < 0) return false;
        }
        ++count;
        if (last) return true;
        side.remove_prefix(colon + 1);
    }
}

}  // namespace

bool is_ipv6(std::string_view text) noexcept {
    const std::size_t gap = text.find("::");
    int groups = 0;
    if (gap == std::string_view::npos) return count_groups(text, true, groups) && groups == 8;
    return count_groups(text.substr(0, gap), false, groups) &&
           count_groups(text.substr(gap + 2), true, groups) && groups <= 7;
}

const char* split_authority(std::string_view text, authority& result) noexcept {
    if (text.empty()) return "the host is missing";
    if (text.front() == '[') {
        const std::size_t close = text.find(']');
        if (close == std::string_view::npos) return "the IPv6 address has no closing bracket";
        result.host = text.substr(1, close - 1);
        result.ipv6 = true;
        if (!is_ipv6(result.host)) return "the text in brackets is not an IPv6 address";
        return split_rest(text.substr(close + 1), result);
    }
    const char* const end = text.data() + text.size();
    const char* const stop = skip_bytes(text.data(), end, host_byte);
    const auto size = static_cast<std::size_t>(stop - text.data());
    result.host = text.substr(0, size);
    if (const char* why = split_rest(text.substr(size), result)) return why;
    return size == 0 ? "the host is missing" : nullptr;
}

const char* check_host_name(std::string_view name) noexcept {
    if (!name.empty() && name.back() == '.') name.remove_suffix(1);
    if (name.empty()) return "the host is missing";
    if (name.size() > 253) return "the host name is longer than 253 bytes";
    std::string_view label;
    for (std::string_view rest = name;;) {
        const std::size_t dot = rest.find('.');
        label = rest.substr(0, dot);
        if (label.empty()) return "the host name has an empty label";
        if (label.size() > 63) return "the host name has a label longer than 63 bytes";
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    const bool numeric = is_digit(label.front()) &&
                         label.find_first_not_of("0123456789abcdefABCDEFxX") == label.npos;
    if (!numeric || is_ipv4(name)) return nullptr;
    const bool decimal = label.find_first_not_of("0123456789") == label.npos;
    const bool hexadecimal = label.size() > 1 && (label[1] | 0x20) == 'x';
    return decimal || hexadecimal ? "the host looks like an IPv4 address but is not one" : nullptr;
}

}  // namespace nurt::http::detail

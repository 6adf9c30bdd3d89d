// SPDX-License-Identifier: MIT
// nurt/http/query.cpp: percent-encoding, paths and query strings.
#include "nurt/http/query.hpp"

#include "nurt/http/detail/scan.hpp"

namespace nurt::http {

namespace {

void append_escaped(std::string& out, char byte) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const auto code = static_cast<unsigned char>(byte);
    out += '%';
    out += digits[code >> 4];
    out += digits[code & 15];
}

// The byte that the escape at the beginning of `text` stands for, or -1 if there is none.
int escaped_byte(std::string_view text) noexcept {
    if (text.size() < 3 || text[0] != '%') return -1;
    const int high = detail::hex_digit(text[1]);
    const int low = detail::hex_digit(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::optional<std::string> decode(std::string_view text, bool keep_slash_and_nul) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int byte = escaped_byte(text.substr(i));
        if (byte < 0) return std::nullopt;
        if (keep_slash_and_nul && (byte == '/' || byte == 0)) {
            out.append(text.substr(i, 3));
        } else {
            out += static_cast<char>(byte);
        }
        i += 2;
    }
    return out;
}

std::string decode_form(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int byte = escaped_byte(text.substr(i));
        if (byte >= 0) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

void append_form(std::string& out, std::string_view text) {
    for (const char byte : text) {
        if (byte == ' ') {
            out += '+';
        } else if (detail::is_byte(byte, detail::unreserved_byte)) {
            out += byte;
        } else {
            append_escaped(out, byte);
        }
    }
}

}  // namespace

std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char byte : text) {
        if (detail::is_byte(byte, detail::unreserved_byte)) {
            out += byte;
        } else {
            append_escaped(out, byte);
        }
    }
    return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
    return decode(text, false);
}

std::optional<std::string> decode_path(std::string_view path) {
    return decode(path, true);
}

query_params parse_query(std::string_view query) {
    query_params params;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view part = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
        if (part.empty()) continue;
        const std::size_t sign = part.find('=');
        const bool has_value = sign != std::string_view::npos;
        params.emplace_back(decode_form(part.substr(0, sign)),
                            has_value ? decode_form(part.substr(sign + 1)) : std::string());
    }
    return params;
}

void append_param(std::string& query, std::string_view name, std::string_view value) {
    if (!query.empty()) query += '&';
    append_form(query, name);
    query += '=';
    append_form(query, value);
}

}  // namespace nurt::http

// SPDX-License-Identifier: MIT
#include "cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace nurt::cli {

namespace {

struct character {
    std::uint32_t code = 0;
    std::size_t bytes = 0;  // 0: not UTF-8
};

bool continues(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

character first_of(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (lead < 0xc0 || lead > 0xf4 || bytes > text.size()) return {};
    std::uint32_t code = lead & (0xffU >> (bytes + 1));
    for (const char c : text.substr(1, bytes - 1)) {
        if (!continues(c)) return {};
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (code < smallest[bytes] || code > 0x10ffff || surrogate) return {};
    return {code, bytes};
}

bool is_control(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0xfeff || (code & 0xfffeU) == 0xfffe;
}

struct range {
    std::uint32_t first, last;
};

bool within(std::uint32_t code, const range* begin, const range* end) noexcept {
    return std::any_of(begin, end, [&](range r) { return code >= r.first && code <= r.last; });
}

std::size_t width_of(std::uint32_t code) noexcept {
    constexpr range combining[] = {{0x300, 0x36f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
    constexpr range wide[] = {{0x1100, 0x115f},  {0x2e80, 0xa4cf},   {0xac00, 0xd7a3},
                              {0xf900, 0xfaff},  {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                              {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff},
                              {0x20000, 0x3fffd}};
    if (within(code, std::begin(combining), std::end(combining))) return 0;
    return within(code, std::begin(wide), std::end(wide)) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text, bool ascii) {
    std::string out;
    while (!text.empty()) {
        const character c = first_of(text);
        const bool shown = c.bytes > 0 && !is_control(c.code) && (!ascii || c.bytes == 1);
        if (shown)
            out += text.substr(0, c.bytes);
        else
            out += '?';
        text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
    }
    return out;
}

std::size_t columns(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        const character c = first_of(text);
        width += c.bytes == 0 ? 1 : width_of(c.code);
        text.remove_prefix(std::max<std::size_t>(c.bytes, 1));
    }
    return width;
}

std::string keep_end(std::string_view text, std::size_t width, bool ascii) {
    if (columns(text) <= width) return std::string(text);
    const std::string_view ellipsis = ascii ? "..." : "\u2026";
    if (width <= columns(ellipsis)) return repeat(".", width);
    while (columns(text) + columns(ellipsis) > width) {
        text.remove_prefix(1);
        while (!text.empty() && continues(text[0])) text.remove_prefix(1);
    }
    return std::string(ellipsis) + std::string(text);
}

std::string keep_start(std::string_view text, std::size_t width, bool ascii) {
    if (columns(text) <= width) return std::string(text);
    const std::string_view ellipsis = ascii ? "..." : "\u2026";
    if (width <= columns(ellipsis)) return repeat(".", width);
    while (columns(text) + columns(ellipsis) > width) {
        while (continues(text.back())) text.remove_suffix(1);
        text.remove_suffix(1);
    }
    return std::string(text) + std::string(ellipsis);
}

std::string pad_right(std::string_view text, std::size_t width) {
    const std::size_t has = columns(text);
    return std::string(text) + std::string(width > has ? width - has : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
    const std::size_t has = columns(text);
    return std::string(width > has ? width - has : 0, ' ') + std::string(text);
}

std::string repeat(std::string_view piece, std::size_t count) {
    std::string out;
    for (; count > 0; --count) out += piece;
    return out;
}

std::string human_seconds(double seconds) {
    const auto [scaled, unit] = seconds >= 0.9995      ? std::pair(seconds, "s")
                                : seconds >= 0.0009995 ? std::pair(seconds * 1e3, "ms")
                                                       : std::pair(seconds * 1e6, "us");
    const int decimals = scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
    return fmt::format("{:.{}f} {}", scaled, decimals, unit);
}

std::string coloured(std::string_view text, std::string_view sgr) {
    if (sgr.empty() || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", sgr, text);
}

}  // namespace nurt::cli

// SPDX-License-Identifier: MIT
#include "nurt/json/detail/strict_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nurt/json/parse.hpp"

namespace nurt::json::detail {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

bool between(unsigned byte, unsigned low, unsigned high) noexcept {
    return byte >= low && byte <= high;
}

bool is_high_surrogate(std::uint32_t unit) noexcept {
    return between(unit, 0xd800, 0xdbff);
}
bool is_low_surrogate(std::uint32_t unit) noexcept {
    return between(unit, 0xdc00, 0xdfff);
}

// How a byte is called in a message.
std::string spelled(std::string_view text, std::size_t at) {
    if (at >= text.size()) return "the end of the text";
    const unsigned byte = byte_at(text, at);
    if (byte > 0x20 && byte < 0x7f) return std::string("'") + text[at] + "'";
    constexpr char hex[] = "0123456789abcdef";
    return std::string("byte 0x") + hex[byte >> 4] + hex[byte & 15];
}

// The power of ten of a number's first digit that is not 0: 2 for 123, -3 for 0.00123.
std::int64_t magnitude(std::string_view text) {
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    const std::size_t point = std::min(text.find('.'), e);
    const std::size_t first = std::min(text.find_first_of("123456789"), e);
    std::int64_t exponent = 0;
    if (e < text.size()) {
        const bool plus = text.substr(e + 1, 1) == "+";
        const char* from = text.data() + e + (plus ? 2 : 1);
        const auto result = std::from_chars(from, text.data() + text.size(), exponent);
        if (result.ec != std::errc()) exponent = text[e + 1] == '-' ? INT32_MIN : INT32_MAX;
    }
    const auto distance = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);
    return exponent + (first < point ? distance - 1 : distance);
}

// std::from_chars does not say whether what is out of range is too large or too small.
double nearest_double(std::string_view text) {
    double real = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), real);
    if (result.ec == std::errc()) return real;
    if (magnitude(text) > 0) return HUGE_VAL;
    return text[0] == '-' ? -0.0 : 0.0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
    const unsigned a = byte_at(text, 0);
    const unsigned b = byte_at(text, 1);
    if (a < 0x80) return text.empty() ? 0 : 1;
    if (between(a, 0xc2, 0xdf)) return between(b, 0x80, 0xbf) ? 2 : 0;
    const bool third = between(byte_at(text, 2), 0x80, 0xbf);
    if (between(a, 0xe0, 0xef)) {
        const unsigned low = a == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = a == 0xed ? 0x9f : 0xbf;
        return between(b, low, high) && third ? 3 : 0;
    }
    if (!between(a, 0xf0, 0xf4)) return 0;
    const unsigned low = a == 0xf0 ? 0x90 : 0x80;
    const unsigned high = a == 0xf4 ? 0x8f : 0xbf;
    return between(b, low, high) && third && between(byte_at(text, 3), 0x80, 0xbf) ? 4 : 0;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) {
        add(code_point);
    } else if (code_point < 0x800) {
        add(0xc0 | code_point >> 6);
        add(0x80 | (code_point & 0x3f));
    } else if (code_point < 0x10000) {
        add(0xe0 | code_point >> 12);
        add(0x80 | (code_point >> 6 & 0x3f));
        add(0x80 | (code_point & 0x3f));
    } else {
        add(0xf0 | code_point >> 18);
        add(0x80 | (code_point >> 12 & 0x3f));
        add(0x80 | (code_point >> 6 & 0x3f));
        add(0x80 | (code_point & 0x3f));
    }
}

bool strict_parser::parse(value& out) {
    skip_space();
    if (at_ == text_.size()) return fail("expected a value, found nothing but the end of the text");
    if (text_.substr(at_, 3) == "\xef\xbb\xbf") {
        return fail("expected a value, found a byte order mark");
    }
    if (!element(out, 0)) return false;
    skip_space();
    return at_ == text_.size() || expected("the end of the text after the value");
}

bool strict_parser::element(value& out, std::size_t depth) {
    if (at_ == text_.size()) return expected("a value");
    switch (text_[at_]) {
        case '{': return object(out, depth + 1);
        case '[': return array(out, depth + 1);
        case '"': {
            std::string text;
            if (!string(text)) return false;
            out = value(std::move(text));
            return true;
        }
        case 't': return word("true", true, out);
        case 'f': return word("false", false, out);
        case 'n': return word("null", nullptr, out);
        default: break;
    }
    if (text_[at_] == '-' || is_digit(text_[at_])) return number(out);
    return expected("a value");
}

bool strict_parser::array(value& out, std::size_t depth) {
    if (depth > max_depth) return fail("nested deeper than 64 arrays and objects");
    json::array elements;
    ++at_;
    skip_space();
    if (take(']')) {
        out = value(std::move(elements));
        return true;
    }
    do {
        skip_space();
        value one;
        if (!element(one, depth)) return false;
        elements.append(std::move(one));
        skip_space();
    } while (take(','));
    if (!take(']')) return expected("',' or ']' after an element");
    out = value(std::move(elements));
    return true;
}

bool strict_parser::object(value& out, std::size_t depth) {
    if (depth > max_depth) return fail("nested deeper than 64 arrays and objects");
    std::vector<member> members;
    ++at_;
    skip_space();
    if (!next_is('}')) {
        do {
            skip_space();
            if (!member_of(members, depth)) return false;
            skip_space();
        } while (take(','));
    }
    if (!take('}')) return expected("',' or '}' after a member");
    out = value(json::object::from(std::move(members)));
    return true;
}

bool strict_parser::member_of(std::vector<member>& out, std::size_t depth) {
    std::string name;
    if (!next_is('"')) return expected("a member's name in double quotes");
    if (!string(name)) return false;
    skip_space();
    if (!take(':')) return expected("':' after a member's name");
    skip_space();
    value its_value;
    if (!element(its_value, depth)) return false;
    out.emplace_back(std::move(name), std::move(its_value));
    return true;
}

bool strict_parser::string(std::string& out) {
    const std::size_t start = at_++;
    while (at_ < text_.size()) {
        const unsigned byte = byte_at(text_, at_);
        if (byte == '"') {
            ++at_;
            return true;
        }
        if (byte == '\\') {
            if (!escape(out)) return false;
        } else if (byte < 0x20) {
            return fail("control character in a string, write it as \\u00XX");
        } else if (byte < 0x80) {
            out += text_[at_++];
        } else if (!utf8(out)) {
            return false;
        }
    }
    at_ = start;
    return fail("the string that begins here has no end");
}

bool strict_parser::utf8(std::string& out) {
    const std::size_t length = utf8_length(text_.substr(at_));
    if (length == 0) return fail("the string is not UTF-8");
    out.append(text_, at_, length);
    at_ += length;
    return true;
}

bool strict_parser::escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (letter == 'u') return unicode_escape(out);
    const std::size_t which = letters.find(letter);
    if (which == letters.npos) return fail("unknown escape in a string");
    out += meanings[which];
    at_ += 2;
    return true;
}

// Characters above U+FFFF are written as two units, high and low surrogate.
bool strict_parser::unicode_escape(std::string& out) {
    const std::size_t start = at_;
    std::uint32_t unit = 0;
    std::uint32_t low = 0;
    if (!hex4(unit)) return false;
    if (is_high_surrogate(unit) && text_.substr(at_, 2) == "\\u") {
        if (!hex4(low)) return false;
        if (is_low_surrogate(low)) unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
        at_ = start;
        return fail("half of a surrogate pair in a string");
    }
    append_utf8(out, unit);
    return true;
}

bool strict_parser::hex4(std::uint32_t& unit) {
    const std::string_view hex = text_.substr(std::min(at_ + 2, text_.size())).substr(0, 4);
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), unit, 16);
    if (hex.size() < 4 || error != std::errc() || end != hex.data() + 4) {
        return fail("expected four hexadecimal digits after \\u");
    }
    at_ += 6;
    return true;
}

bool strict_parser::digits(std::string_view after) {
    if (at_ == text_.size() || !is_digit(text_[at_])) return expected(after);
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return true;
}

bool strict_parser::number(value& out) {
    const std::size_t start = at_;
    take('-');
    if (take('0')) {
        if (at_ < text_.size() && is_digit(text_[at_])) return fail("number with a leading zero");
    } else if (!digits("a digit after '-'")) {
        return false;
    }
    bool whole = true;
    if (take('.')) {
        whole = false;
        if (!digits("a digit after '.'")) return false;
    }
    if (take('e') || take('E')) {
        whole = false;
        if (!take('+')) take('-');
        if (!digits("a digit in the exponent")) return false;
    }
    const char* first = text_.data() + start;
    const char* last = text_.data() + at_;
    std::int64_t as_signed = 0;
    std::uint64_t as_unsigned = 0;
    if (whole && std::from_chars(first, last, as_signed).ec == std::errc()) {
        out = value(as_signed);
    } else if (whole && *first != '-' &&
               std::from_chars(first, last, as_unsigned).ec == std::errc()) {
        out = value(as_unsigned);
    } else {
        const double real = nearest_double(std::string_view(first, at_ - start));
        if (!std::isfinite(real)) {
            at_ = start;
            return fail("number too large for a double");
        }
        out = value(real);
    }
    return true;
}

bool strict_parser::word(std::string_view spelling, value meaning, value& out) {
    if (text_.substr(at_, spelling.size()) != spelling) return expected("a value");
    at_ += spelling.size();
    out = std::move(meaning);
    return true;
}

void strict_parser::skip_space() noexcept {
    while (at_ < text_.size()) {
        const char c = text_[at_];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
        ++at_;
    }
}

bool strict_parser::take(char c) noexcept {
    if (!next_is(c)) return false;
    ++at_;
    return true;
}

bool strict_parser::fail(std::string_view reason) {
    reason_ = reason;
    return false;
}

bool strict_parser::expected(std::string_view what) {
    reason_ = "expected " + std::string(what) + ", found " + spelled(text_, at_);
    return false;
}

}  // namespace nurt::json::detail

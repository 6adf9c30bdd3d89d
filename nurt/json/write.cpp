// SPDX-License-Identifier: MIT
#include "nurt/json/write.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nurt/json/detail/strict_parser.hpp"

namespace nurt::json {

namespace {

// Bytes that stand for themselves in a string. DEL is no control character for RFC 8259.
constexpr struct plain_table {
    bool plain[256] = {};
    constexpr plain_table() {
        for (int c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
    }
    bool operator[](char c) const { return plain[static_cast<unsigned char>(c)]; }
} is_plain;

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

void append_unit(std::string& out, std::uint32_t unit) {
    constexpr char hex[] = "0123456789abcdef";
    out += "\\u";
    for (unsigned shift = 16; shift > 0;) out += hex[unit >> (shift -= 4) & 15];
}

void append_escaped(std::string& out, std::uint32_t code_point) {
    if (code_point >= 0x10000) {
        append_unit(out, 0xd800 + ((code_point - 0x10000) >> 10));
        append_unit(out, 0xdc00 + (code_point & 0x3ff));
    } else {
        append_unit(out, code_point);
    }
}

std::uint32_t decode(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    std::uint32_t code_point = lead & (0xffU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1)) {
        code_point = code_point << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    return code_point;
}

void append_control(std::string& out, char c) {
    constexpr std::string_view meanings = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    if (const std::size_t which = meanings.find(c); which != meanings.npos) {
        out += '\\';
        out += letters[which];
    } else {
        append_unit(out, static_cast<unsigned char>(c));
    }
}

void append_string(std::string& out, std::string_view text, bool ascii) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain[text[plain]]) ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) break;
        std::size_t length = detail::utf8_length(text);
        const std::string_view character = length == 0 ? replacement : text.substr(0, length);
        if (character.size() == 1)
            append_control(out, character[0]);
        else if (ascii)
            append_escaped(out, decode(character));
        else
            out += character;
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    out += '"';
}

std::vector<const member*> sorted(const object& members) {
    std::vector<const member*> order;
    order.reserve(members.size());
    for (const member& each : members) order.push_back(&each);
    const auto by_name = [](const member* a, const member* b) { return a->name < b->name; };
    std::sort(order.begin(), order.end(), by_name);
    return order;
}

}  // namespace

std::string dump(const value& what, write_options options) {
    std::string out;
    dump_to(out, what, options);
    return out;
}

void dump_to(std::string& out, const value& what, write_options options) {
    writer(out, options).write(what);
}

void writer::new_line() {
    if (options_.indent < 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(options_.indent * depth_), ' ');
}

// What comes before an element or a name.
void writer::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (comma_) out_ += ',';
    if (depth_ > 0) new_line();
    comma_ = true;
}

writer& writer::begin(char bracket) {
    separate();
    out_ += bracket;
    ++depth_;
    comma_ = false;
    return *this;
}

writer& writer::end(char bracket) {
    --depth_;
    if (comma_) new_line();
    out_ += bracket;
    comma_ = true;
    return *this;
}

writer& writer::key(std::string_view name) {
    separate();
    append_string(out_, name, options_.ascii);
    out_ += options_.indent < 0 ? ":" : ": ";
    after_key_ = true;
    return *this;
}

writer& writer::word(std::string_view text) {
    separate();
    out_ += text;
    return *this;
}

writer& writer::write(std::string_view text) {
    separate();
    append_string(out_, text, options_.ascii);
    return *this;
}

writer& writer::signed_number(std::int64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return word(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

writer& writer::unsigned_number(std::uint64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return word(std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

writer& writer::write(double number) {
    if (!std::isfinite(number)) {
        throw write_error("write JSON: a number that is not finite has no JSON form");
    }
    char digits[32];  // the longest is -2.2250738585072014e-308
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    const std::string_view text(digits, static_cast<std::size_t>(end - digits));
    word(text);
    if (text.find_first_of(".e") == text.npos) out_ += ".0";
    return *this;
}

writer& writer::write(const json::array& elements) {
    begin_array();
    for (const value& each : elements) write(each);
    return end_array();
}

writer& writer::write(const json::object& members) {
    begin_object();
    if (options_.sort_keys) {
        for (const json::member* each : sorted(members)) key(each->name).write(each->value);
    } else {
        for (const json::member& each : members) key(each.name).write(each.value);
    }
    return end_object();
}

writer& writer::write(const value& what) {
    if (const auto* text = std::get_if<std::string>(&what.data_)) return write(*text);
    if (const auto* b = std::get_if<bool>(&what.data_)) return write(*b);
    if (const auto* i = std::get_if<std::int64_t>(&what.data_)) return write(*i);
    if (const auto* u = std::get_if<std::uint64_t>(&what.data_)) return write(*u);
    if (const auto* d = std::get_if<double>(&what.data_)) return write(*d);
    if (const auto* elements = std::get_if<json::array>(&what.data_)) return write(*elements);
    if (const auto* members = std::get_if<json::object>(&what.data_)) return write(*members);
    return write(nullptr);
}

}  // namespace nurt::json

// SPDX-License-Identifier: MIT
// cli/httpbin/form.cpp: see the header.
#include "cli/httpbin/form.hpp"

#include <cstddef>
#include <cstdint>

namespace nurt::cli {

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

// The value of a field in the head of a part.
std::string_view part_field(std::string_view head, std::string_view name) {
    while (!head.empty()) {
        const std::size_t end = std::min(head.find("\r\n"), head.size());
        const std::string_view line = head.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon != line.npos && equal_ignoring_case(line.substr(0, colon), name)) {
            const std::size_t start = line.find_first_not_of(" \t", colon + 1);
            return start == line.npos ? std::string_view() : line.substr(start);
        }
        head.remove_prefix(std::min(end + 2, head.size()));
    }
    return {};
}

void add_part(form_data& to, std::string_view part) {
    const std::size_t gap = part.find("\r\n\r\n");
    if (gap == part.npos) return;
    const std::string_view head = part.substr(0, gap);
    const std::string_view content = part.substr(gap + 4);
    const std::string_view disposition = part_field(head, "Content-Disposition");
    const std::string name = to_utf8(parameter(disposition, "name"));
    if (disposition.find("filename=") == disposition.npos) {
        add_repeated(to.form, name, to_utf8(content));
        return;
    }
    std::string_view type = part_field(head, "Content-Type");
    if (type.empty()) type = "application/octet-stream";
    add_repeated(to.files, name, json_safe(content, type));
}

// The length of the UTF-8 sequence at the beginning, 0 if it is none.
std::size_t sequence_size(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return overlong || outside ? 0 : size;
}

}  // namespace

void add_repeated(json::object& to, std::string_view name, json::value value) {
    json::value* const there = to.find(name);
    if (there == nullptr) {
        to.set(name, std::move(value));
    } else if (there->is_array()) {
        there->as_array().append(std::move(value));
    } else {
        json::array both;
        both.append(std::move(*there)).append(std::move(value));
        *there = json::value(std::move(both));
    }
}

form_data parse_multipart(std::string_view body, std::string_view boundary) {
    form_data result;
    const std::string delimiter = "\r\n--" + std::string(boundary);
    const std::string first = delimiter.substr(2);
    if (boundary.empty() || !body.starts_with(first)) return result;
    body.remove_prefix(first.size());
    while (body.starts_with("\r\n")) {
        const std::size_t end = body.find(delimiter, 2);
        if (end == body.npos) return result;
        add_part(result, body.substr(2, end - 2));
        body.remove_prefix(end + delimiter.size());
    }
    return result;
}

std::string_view parameter(std::string_view field, std::string_view name) {
    std::size_t at = field.find(';');
    while (at != field.npos) {
        at = field.find_first_not_of("; \t", at);
        if (at == field.npos) break;
        std::size_t end = std::min(field.find(';', at), field.size());
        const std::size_t equals = field.find('=', at);
        const std::size_t quote = equals == field.npos ? field.npos : field.find('"', equals);
        if (quote != field.npos && quote == equals + 1) {
            end = std::min(field.find('"', quote + 1), field.size());
        }
        if (equals < end && equal_ignoring_case(field.substr(at, equals - at), name)) {
            const std::size_t start = quote == equals + 1 ? quote + 1 : equals + 1;
            return field.substr(start, end - start);
        }
        at = field.find(';', end);
    }
    return {};
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = sequence_size(text);
        if (size == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string to_utf8(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t size = sequence_size(text);
        result += size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size);
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return result;
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            result += k <= count ? digits[group >> (18 - 6 * k) & 63] : '=';
        }
    }
    return result;
}

std::string json_safe(std::string_view bytes, std::string_view content_type) {
    if (is_utf8(bytes)) return std::string(bytes);
    return "data:" + std::string(content_type) + ";base64," + base64(bytes);
}

}  // namespace nurt::cli

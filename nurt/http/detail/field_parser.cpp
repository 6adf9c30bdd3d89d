// SPDX-License-Identifier: MIT
// nurt/http/detail/field_parser.cpp: the one loop that reads field lines.
#include "nurt/http/detail/field_parser.hpp"

#include "nurt/http/detail/scan.hpp"
#include "nurt/http/status.hpp"

#include <algorithm>
#include <limits>

namespace nurt::http::detail {

namespace {

bool is_blank(char byte) noexcept {
    return byte == ' ' || byte == '\t';
}

}  // namespace

parse_error illegal_byte(char byte) noexcept {
    switch (byte) {
        case '\n': return {status::bad_request, "a line feed without a carriage return"};
        case '\r': return {status::bad_request, "a carriage return without a line feed"};
        case '\0': return {status::bad_request, "a NUL byte in the head"};
        default: return {status::bad_request, "an illegal byte in the head"};
    }
}

// Positions are 32-bit and a line limit is added to them, so the limits themselves have limits: at
// least a request line's worth, at most 1 GiB.
field_parser::field_parser(const limits& bounds) noexcept : limits_(bounds) {
    constexpr std::uint32_t least = 64;
    constexpr std::uint32_t most = 1U << 30;
    limits_.head = std::clamp(limits_.head, least, most);
    limits_.line = std::min(limits_.line, limits_.head);
}

void field_parser::reset(std::uint32_t start, bool facts) noexcept {
    count_ = 0;
    at_ = start;
    step_ = step::line;
    wants_facts_ = facts;
    facts_ = {};
    error_ = {};
}

progress field_parser::parse(const char* text, std::size_t size) {
    for (;;) {
        if (step_ == step::line) {
            at_ = static_cast<std::uint32_t>(read_lines(text, text + at_, size) - text);
            if (error_.status != 0) return progress::failed;
            line_limit_ = at_ + limits_.line + 2;
        }
        const progress line = read_line(text, window(text, size));
        if (line != progress::done || step_ == step::end) return line;
    }
}

// The rest of a line. It falls through the cases from top to bottom; `step_` only changes where a
// piece of text ends, which is where the next call begins, and at the end of the line.
progress field_parser::read_line(const char* text, const char* end) {
    const char* at = text + at_;
    switch (step_) {
        default:
        case step::line:
            if (at == end) return pause(text, at, step::line);
            if (*at == '\r') return read_end(text, at + 1, end);
            field_.name = static_cast<std::uint32_t>(at - text);
            [[fallthrough]];
        case step::name:
            at = skip_token(text, at, end, ':');
            if (at == end) return pause(text, at, step::name);
            if (*at != ':' || at == text + field_.name) return fail_name(text, at);
            field_.name_size = static_cast<std::uint32_t>(at - text) - field_.name;
            ++at;
            [[fallthrough]];
        case step::space:
            while (at != end && is_blank(*at)) ++at;
            if (at == end) return pause(text, at, step::space);
            field_.value = static_cast<std::uint32_t>(at - text);
            [[fallthrough]];
        case step::value:
            at = skip_value(text, at, end);
            if (at == end) return pause(text, at, step::value);
            if (*at != '\r') return fail(status::bad_request, illegal_byte(*at).text);
            ++at;
            [[fallthrough]];
        case step::line_feed:
            if (at == end) return pause(text, at, step::line_feed);
            if (*at != '\n') return fail(status::bad_request, illegal_byte('\r').text);
            if (!finish_field(text, at - 1)) return progress::failed;
            at_ = static_cast<std::uint32_t>(at + 1 - text);
            step_ = step::line;
            return progress::done;
        case step::last_line_feed: return read_end(text, at, end);
    }
}

// The line feed of the empty line.
progress field_parser::read_end(const char* text, const char* at, const char* end) noexcept {
    if (at == end) return pause(text, at, step::last_line_feed);
    if (*at != '\n') return fail(status::bad_request, illegal_byte('\r').text);
    at_ = static_cast<std::uint32_t>(at + 1 - text);
    step_ = step::end;
    return progress::done;
}

// Reads lines that are all there and legal, and returns where they end. This is the quick way
// through the usual head, it changes no result: what it does not take, the steps read again.
const char* field_parser::read_lines(const char* text, const char* at, std::size_t size) {
    // One byte less, so that a line feed can be looked at without asking.
    const char* const end = text + std::min<std::size_t>(size, limits_.head) - 1;
    while (at < end && *at != '\r') {
        const char* const colon = skip_token(text, at, end, ':');
        if (colon == end || *colon != ':' || colon == at) break;
        const char* value = colon + 1;
        if (value < end && *value == ' ') ++value;
        while (value < end && is_blank(*value)) ++value;
        const char* const stop = skip_value(text, value, end);
        if (stop >= end || stop[0] != '\r' || stop[1] != '\n') break;
        if (stop - at > static_cast<std::ptrdiff_t>(limits_.line)) break;
        field_.name = static_cast<std::uint32_t>(at - text);
        field_.name_size = static_cast<std::uint32_t>(colon - at);
        field_.value = static_cast<std::uint32_t>(value - text);
        if (!finish_field(text, stop)) break;
        at = stop + 2;
    }
    return at;
}

// Where reading must stop: at the end of the text or at a limit, whichever comes first.
inline const char* field_parser::window(const char* text, std::size_t size) noexcept {
    std::size_t end = size;
    if (end > line_limit_) end = line_limit_;
    if (end > limits_.head) end = limits_.head;
    return text + end;
}

progress field_parser::pause(const char* text, const char* at, step next) noexcept {
    at_ = static_cast<std::uint32_t>(at - text);
    step_ = next;
    if (at_ == limits_.head) {
        return fail(status::header_fields_too_large, "the fields are larger than the limit");
    }
    if (at_ == line_limit_) {
        return fail(status::header_fields_too_large, "a field is longer than the limit");
    }
    return progress::need_more;
}

progress field_parser::fail(int status, const char* why) noexcept {
    error_ = {status, why};
    return progress::failed;
}

progress field_parser::fail_name(const char* text, const char* at) noexcept {
    const bool first = at == text + field_.name;
    if (first && is_blank(*at)) {
        return fail(status::bad_request, "a field continued on the next line");
    }
    if (first && *at == ':') return fail(status::bad_request, "a field without a name");
    if (is_blank(*at)) {
        return fail(status::bad_request, "white space in or after a field name");
    }
    if (*at == '\r' || *at == '\n') {
        return fail(status::bad_request, "a field line without a colon");
    }
    return fail(status::bad_request, "an illegal byte in a field name");
}

// `stop` is where the line ends, before its CR LF.
inline bool field_parser::finish_field(const char* text, const char* stop) {
    const char* const begin = text + field_.value;
    while (stop != begin && is_blank(stop[-1])) --stop;
    field_.value_size = static_cast<std::uint32_t>(stop - begin);
    if (count_ == fields_.size() && !make_room()) return false;
    fields_[count_++] = field_;
    // The lengths of the names that `note` knows: most fields cost one test.
    constexpr std::uint32_t lengths = 1U << 4 | 1U << 6 | 1U << 7 | 1U << 10 | 1U << 14 | 1U << 17;
    const std::uint32_t size = field_.name_size;
    if (size > 17 || (lengths >> size & 1) == 0 || !wants_facts_) return true;
    return note(text + field_.name, {begin, field_.value_size});
}

// The list grows to the limit at most and is kept from message to message.
bool field_parser::make_room() {
    if (count_ == limits_.fields) {
        fail(status::header_fields_too_large, "more fields than the limit");
        return false;
    }
    constexpr std::size_t first = 16;
    fields_.resize(std::min<std::size_t>(std::max(first, 2 * count_), limits_.fields));
    return true;
}

bool field_parser::note(const char* name, std::string_view value) noexcept {
    switch (field_.name_size) {
        case 4:
            if (is_name(name, "host")) {
                facts_.hosts = facts_.hosts == 0 ? 1 : 2;
                facts_.host = field_;
            }
            return true;
        case 6:
            if (is_name(name, "expect")) {
                const bool known = equal_ignoring_case(value, "100-continue");
                (known ? facts_.expect_continue : facts_.expect_other) = true;
            }
            return true;
        case 7:
            if (is_name(name, "upgrade")) facts_.upgrade_named = true;
            return true;
        case 10:
            if (is_name(name, "connection")) note_connection(value);
            return true;
        case 14: return !is_name(name, "content-length") || note_length(value);
        case 17: return !is_name(name, "transfer-encoding") || note_coding(value);
        default: return true;
    }
}

bool field_parser::note_length(std::string_view value) noexcept {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto refuse = [this](const char* why) {
        fail(status::bad_request, why);
        return false;
    };
    if (facts_.has_length) return refuse("more than one Content-Length");
    if (value.empty()) return refuse("an empty Content-Length");
    std::uint64_t number = 0;
    for (const char byte : value) {
        if (byte < '0' || byte > '9') return refuse("a Content-Length that is not a number");
        const auto digit = static_cast<std::uint64_t>(byte - '0');
        if (number > (largest - digit) / 10) return refuse("a Content-Length above 2^63-1");
        number = number * 10 + digit;
    }
    facts_.has_length = true;
    facts_.content_length = number;
    return true;
}

// Only exactly `chunked` is understood. What could be read in two ways is refused here, what is
// merely unknown later, since a response may then be delimited by the end of the connection.
bool field_parser::note_coding(std::string_view value) noexcept {
    const auto refuse = [this](const char* why) {
        fail(status::bad_request, why);
        return false;
    };
    if (facts_.transfer != head_facts::coding::none) {
        return refuse("more than one Transfer-Encoding");
    }
    bool chunked = false;
    bool other = false;
    do {
        const std::string_view element = next_element(value);
        if (element.empty()) return refuse("an empty element in Transfer-Encoding");
        if (chunked) return refuse("a Transfer-Encoding whose last coding is not chunked");
        if (equal_ignoring_case(element, "chunked")) {
            chunked = true;
        } else {
            other = true;
        }
    } while (value.data() != nullptr);
    facts_.transfer = other ? head_facts::coding::unknown : head_facts::coding::chunked;
    return true;
}

void field_parser::note_connection(std::string_view value) noexcept {
    if (value.size() == 10 && is_name(value.data(), "keep-alive")) {
        facts_.keep_alive = true;
        return;
    }
    while (!value.empty()) {
        const std::string_view element = next_element(value);
        if (equal_ignoring_case(element, "close")) facts_.close = true;
        if (equal_ignoring_case(element, "keep-alive")) facts_.keep_alive = true;
        if (equal_ignoring_case(element, "upgrade")) facts_.upgrade_listed = true;
    }
}

}  // namespace nurt::http::detail

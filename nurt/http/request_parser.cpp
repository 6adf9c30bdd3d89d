// SPDX-License-Identifier: MIT
// nurt/http/request_parser.cpp: the request line, and the rules for requests.
#include "nurt/http/request_parser.hpp"

#include "nurt/http/detail/authority.hpp"
#include "nurt/http/detail/scan.hpp"
#include "nurt/http/status.hpp"

#include <algorithm>
#include <cstring>

namespace nurt::http {

using detail::head_facts;

namespace {

constexpr parse_error bad(const char* why) {
    return {status::bad_request, why};
}

bool begins_with(std::string_view text, std::string_view prefix) noexcept {
    return detail::equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// Where the authority of an absolute target begins, or 0 if the target is not absolute.
std::uint32_t scheme_size(std::string_view target) noexcept {
    if (begins_with(target, "http://")) return 7;
    return begins_with(target, "https://") ? 8 : 0;
}

parse_error bad_version(const char* at, std::ptrdiff_t index) noexcept {
    const char byte = at[index];
    if (index == 5 && byte >= '0' && byte <= '9') {
        return {status::http_version_not_supported, "a version of HTTP other than 1"};
    }
    if (index >= 8 && (byte == '\n' || index == 9))
        return detail::illegal_byte(byte == '\n' ? byte : '\r');
    return bad("no HTTP version at the end of the request line");
}

}  // namespace

void request_parser::reset() noexcept {
    at_ = 0;
    start_ = 0;
    step_ = step::start;
    error_ = {};
}

progress request_parser::parse(std::string_view received) {
    text_ = received.data();
    if (step_ == step::done) return progress::done;
    if (error_.status != 0) return progress::failed;
    if (step_ != step::fields) {
        const progress line = request_line(received);
        if (line != progress::done) return line;
        fields_.reset(at_, true);
        step_ = step::fields;
    }
    const progress fields = fields_.parse(received.data(), received.size());
    if (fields == progress::failed) return fail(fields_.error());
    return fields == progress::done ? check_head() : fields;
}

// Clients of the nineties sent CR LF after a body; one such line is skipped (RFC 9112 section 2.2).
progress request_parser::skip_empty_line(std::string_view text) {
    if (text.empty()) return progress::need_more;
    if (text[0] == '\r') {
        at_ = 1;
        if (text.size() == 1) return progress::need_more;
        if (text[1] != '\n') return fail(detail::illegal_byte('\r'));
        at_ = start_ = 2;
    }
    step_ = step::method;
    return progress::done;
}

// Falls through from the method to the version, as field_parser::parse does.
progress request_parser::request_line(std::string_view text) {
    if (step_ == step::start) {
        const progress begun = skip_empty_line(text);
        if (begun != progress::done) return begun;
    }
    const char* at = text.data() + at_;
    const limits& bounds = fields_.bounds();
    const char* const end =
        text.data() + std::min<std::size_t>({text.size(), start_ + bounds.line + 2, bounds.head});
    switch (step_) {
        default:
        case step::method:
            at = detail::skip_token(text.data(), at, end, ' ');
            if (at == end) return pause(at, end, step::method);
            if (*at != ' ' || at == text.data() + start_) {
                return fail(bad("an illegal byte in the method"));
            }
            target_ = static_cast<std::uint32_t>(++at - text.data());
            [[fallthrough]];
        case step::target:
            at = detail::skip_target(text.data(), at, end);
            if (at == end) return pause(at, end, step::target);
            target_size_ = static_cast<std::uint32_t>(at - text.data()) - target_;
            if (*at != ' ' || target_size_ == 0) return fail(bad("an illegal byte in the target"));
            ++at;
            [[fallthrough]];
        case step::version: return version(at, end);
    }
}

// "HTTP/1.1" and CR LF: ten bytes, looked at again from the first one if they are not all there.
progress request_parser::version(const char* at, const char* end) {
    static constexpr char usual[] = "HTTP/1.1\r\n";
    constexpr std::ptrdiff_t size = 10;
    if (end - at < size || std::memcmp(at, usual, size) != 0) {
        for (std::ptrdiff_t i = 0; i < size; ++i) {
            if (at + i == end) return pause(at, end, step::version);
            const bool digit = i == 7 && at[i] >= '0' && at[i] <= '9';
            if (at[i] != usual[i] && !digit) return fail(bad_version(at, i));
        }
    }
    minor_ = static_cast<std::uint8_t>(at[7] - '0');
    at_ = static_cast<std::uint32_t>(at + size - text_);
    const char* const why = check_target();
    return why == nullptr ? progress::done : fail(bad(why));
}

progress request_parser::pause(const char* at, const char* end, step next) noexcept {
    at_ = static_cast<std::uint32_t>(at - text_);
    step_ = next;
    const auto seen = static_cast<std::uint32_t>(end - text_);
    const limits& bounds = fields_.bounds();
    if (seen == start_ + bounds.line + 2 || seen == bounds.head) {
        return fail({status::uri_too_long, "the request line is longer than the limit"});
    }
    return progress::need_more;
}

progress request_parser::fail(parse_error why) noexcept {
    error_ = why;
    return progress::failed;
}

// The four forms of RFC 9112 section 3.2.
const char* request_parser::check_target() noexcept {
    const std::string_view text = target();
    const bool connect = method() == "CONNECT";
    authority_size_ = 0;
    if (text.front() == '/') return connect ? "CONNECT to a path instead of host:port" : nullptr;
    detail::authority parts;
    if (connect) {
        authority_ = target_;
        authority_size_ = target_size_;
        if (const char* why = detail::split_authority(text, parts)) return why;
        return parts.port > 0 ? nullptr : "CONNECT without a port";
    }
    if (text == "*") return method() == "OPTIONS" ? nullptr : "the target * is only for OPTIONS";
    const std::uint32_t scheme = scheme_size(text);
    if (scheme == 0) return "the target is neither a path nor an http URL";
    const std::size_t end = std::min(text.find_first_of("/?", scheme), text.size());
    authority_ = target_ + scheme;
    authority_size_ = static_cast<std::uint32_t>(end) - scheme;
    return detail::split_authority(text.substr(scheme, authority_size_), parts);
}

// RFC 9112 section 6, and stricter: whatever two readers could understand differently is refused.
progress request_parser::check_head() {
    const head_facts& facts = fields_.facts();
    if (facts.transfer != head_facts::coding::none) {
        if (minor_ == 0) return fail(bad("Transfer-Encoding in HTTP/1.0"));
        if (facts.has_length) return fail(bad("both Transfer-Encoding and Content-Length"));
        if (facts.transfer == head_facts::coding::unknown) {
            return fail({status::not_implemented, "a transfer coding other than chunked"});
        }
    }
    const parse_error host = check_host();
    if (host.status != 0) return fail(host);
    if (facts.expect_other && minor_ > 0) {
        return fail({status::expectation_failed, "an expectation other than 100-continue"});
    }
    step_ = step::done;
    return progress::done;
}

parse_error request_parser::check_host() const noexcept {
    const head_facts& facts = fields_.facts();
    if (facts.hosts == 0) return minor_ == 0 ? parse_error{} : bad("Host is missing");
    if (facts.hosts > 1) return bad("more than one Host");
    detail::authority parts;
    const std::string_view value(text_ + facts.host.value, facts.host.value_size);
    const char* const why = detail::split_authority(value, parts);
    return why == nullptr ? parse_error{} : bad(why);
}

request_head request_parser::head(const char* text) const noexcept {
    const head_facts& facts = fields_.facts();
    request_head result;
    result.method = {text + start_, method().size()};
    result.target = {text + target_, target_size_};
    result.minor_version = minor_;
    result.fields = fields_.view(text);
    if (authority_size_ != 0) {
        result.authority = {text + authority_, authority_size_};
    } else if (facts.hosts != 0) {
        result.authority = {text + facts.host.value, facts.host.value_size};
    }
    if (facts.transfer == head_facts::coding::chunked) {
        result.body.how = framing::kind::chunked;
    } else if (facts.has_length) {
        result.body = {framing::kind::length, facts.content_length};
    }
    result.keep_alive = !facts.close && (minor_ > 0 || facts.keep_alive);
    result.expect_continue = facts.expect_continue && minor_ > 0;
    result.upgrade = facts.upgrade_listed && facts.upgrade_named && minor_ > 0;
    return result;
}

}  // namespace nurt::http

// SPDX-License-Identifier: MIT
// nurt/http/response_parser.cpp: the status line, and the rules for responses.
#include "nurt/http/response_parser.hpp"

#include "nurt/http/detail/scan.hpp"
#include "nurt/http/status.hpp"

#include <algorithm>

namespace nurt::http {

using detail::head_facts;

namespace {

// "HTTP/1.1 200" stands before the reason, with a space between them.
constexpr std::uint32_t reason_start = 13;

bool is_digit(char byte) noexcept {
    return byte >= '0' && byte <= '9';
}

}  // namespace

void response_parser::reset(std::string_view method) noexcept {
    at_ = 0;
    reason_size_ = 0;
    step_ = step::version;
    error_ = {};
    request_ = method == "HEAD"      ? answer_to::head
               : method == "CONNECT" ? answer_to::connect
                                     : answer_to::other;
}

progress response_parser::parse(std::string_view received) {
    text_ = received.data();
    if (step_ == step::done) return progress::done;
    if (error_.status != 0) return progress::failed;
    if (step_ != step::fields) {
        const progress line = status_line(received);
        if (line != progress::done) return line;
        fields_.reset(at_, true);
        step_ = step::fields;
    }
    const progress fields = fields_.parse(received.data(), received.size());
    if (fields == progress::failed) return fail(fields_.error().text);
    return fields == progress::done ? check_head() : fields;
}

progress response_parser::status_line(std::string_view text) {
    const limits& bounds = fields_.bounds();
    const char* const end =
        text.data() +
        std::min<std::size_t>({text.size(), std::size_t{2} + bounds.line, bounds.head});
    if (step_ == step::version) {
        const progress begun = version(text.data(), end);
        if (begun != progress::done) return begun;
        step_ = step::reason;
    }
    const char* at = text.data() + at_;
    if (step_ == step::reason) {
        at = detail::skip_value(text.data(), at, end);
        if (at == end) return pause(at, end, step::reason);
        if (*at != '\r') return fail(detail::illegal_byte(*at).text);
        const auto stop = static_cast<std::uint32_t>(at - text.data());
        reason_size_ = stop > reason_start ? stop - reason_start : 0;
        ++at;
    }
    if (at == end) return pause(at, end, step::line_feed);
    if (*at != '\n') return fail(detail::illegal_byte('\r').text);
    at_ = static_cast<std::uint32_t>(at + 1 - text.data());
    return progress::done;
}

// "HTTP/1.1 200" and the byte after it: a space, or CR from servers that leave out an empty reason
// with its space, as many do.
progress response_parser::version(const char* at, const char* end) noexcept {
    static constexpr char pattern[] = "HTTP/1.d ddd";
    for (std::uint32_t i = 0; i < reason_start; ++i) {
        if (at + i == end) return pause(at + i, end, step::version);
        const bool fits = i == 12             ? at[i] == ' ' || at[i] == '\r'
                          : pattern[i] == 'd' ? is_digit(at[i])
                                              : at[i] == pattern[i];
        if (!fits) return fail("the answer does not begin with HTTP/1 and a status");
    }
    minor_ = static_cast<std::uint8_t>(at[7] - '0');
    status_ = (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
    if (status_ < 100) return fail("a status below 100");
    at_ = at[12] == ' ' ? reason_start : reason_start - 1;
    return progress::done;
}

progress response_parser::pause(const char* at, const char* end, step next) noexcept {
    at_ = static_cast<std::uint32_t>(at - text_);
    step_ = next;
    const auto seen = static_cast<std::size_t>(end - text_);
    const limits& bounds = fields_.bounds();
    if (seen == std::size_t{2} + bounds.line || seen == bounds.head) {
        return fail("the status line is longer than the limit");
    }
    return progress::need_more;
}

progress response_parser::fail(const char* why) noexcept {
    error_ = {status::bad_gateway, why};
    return progress::failed;
}

progress response_parser::check_head() noexcept {
    const head_facts& facts = fields_.facts();
    if (facts.transfer != head_facts::coding::none) {
        if (minor_ == 0) return fail("Transfer-Encoding in HTTP/1.0");
        if (facts.has_length) return fail("both Transfer-Encoding and Content-Length");
        if (facts.transfer == head_facts::coding::unknown) {
            return fail("a transfer coding other than chunked");
        }
    }
    step_ = step::done;
    return progress::done;
}

// RFC 9112 section 6.3, in its order.
framing response_parser::body() const noexcept {
    const head_facts& facts = fields_.facts();
    if (request_ == answer_to::head || forbids_body(status_)) return {};
    if (request_ == answer_to::connect && is_success(status_)) return {};
    if (facts.transfer == head_facts::coding::chunked) return {framing::kind::chunked, 0};
    if (facts.has_length) return {framing::kind::length, facts.content_length};
    return {framing::kind::until_close, 0};
}

response_head response_parser::head(const char* text) const noexcept {
    const head_facts& facts = fields_.facts();
    response_head result;
    result.status = status_;
    result.reason = {text + reason_start, reason_size_};
    result.minor_version = minor_;
    result.fields = fields_.view(text);
    result.body = body();
    result.upgrade = status_ == status::switching_protocols ||
                     (request_ == answer_to::connect && is_success(status_));
    result.keep_alive = !facts.close && (minor_ > 0 || facts.keep_alive) && !result.upgrade &&
                        result.body.how != framing::kind::until_close;
    return result;
}

}  // namespace nurt::http

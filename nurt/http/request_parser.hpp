// SPDX-License-Identifier: MIT
// nurt/http/request_parser.hpp: reads the head of a request.
//
// A table of bytes and a handful of rules, no input or output: feed it the bytes of a connection
// in any pieces. Strict on purpose, because what two parsers read differently is how requests are
// smuggled past a proxy: CR LF only, no continued lines, no space before a colon, one Host, one
// unambiguous framing. Source: RFC 9112 sections 2 to 6.
#pragma once

#include "nurt/http/detail/field_parser.hpp"
#include "nurt/http/limits.hpp"
#include "nurt/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nurt::http {

// Reads one request head after another.
//
//     switch (parser.parse(received)) {
//     case progress::need_more: ...read more and append it to `received`...
//     case progress::done: serve(parser.head()); ...the body begins at parser.size()...
//     case progress::failed: ...answer parser.error().status, then close...
//     }
//
// `received` is all that has arrived of this request, from its first byte; it may move in memory
// between calls, but must not change. Bytes after the head are left alone. How the text was cut
// into pieces never changes the result.
class request_parser {
public:
    explicit request_parser(const limits& bounds = {}) : fields_(bounds) {}

    progress parse(std::string_view received);

    // After `done`. The views point into the text last given to `parse`, or into `text`, the same
    // bytes at another place.
    request_head head() const noexcept { return head(text_); }
    request_head head(const char* text) const noexcept;
    std::size_t size() const noexcept { return fields_.end(); }

    // After `failed`.
    const parse_error& error() const noexcept { return error_; }

    // True if no byte of a request has been seen: the connection is idle, not in a request.
    bool idle() const noexcept { return at_ == start_; }

    // Begins the next request, whose first byte is then the first byte given to `parse`.
    void reset() noexcept;

private:
    enum class step : std::uint8_t { start, method, target, version, fields, done };

    progress skip_empty_line(std::string_view text);
    progress request_line(std::string_view text);
    progress version(const char* at, const char* end);
    progress pause(const char* at, const char* end, step next) noexcept;
    progress fail(parse_error why) noexcept;
    const char* check_target() noexcept;
    progress check_head();
    parse_error check_host() const noexcept;

    std::string_view method() const noexcept {
        return {text_ + start_, target_ - start_ - std::size_t{1}};
    }
    std::string_view target() const noexcept { return {text_ + target_, target_size_}; }

    detail::field_parser fields_;
    const char* text_ = nullptr;  // as of the last call
    std::uint32_t at_ = 0;        // everything before it has been understood
    std::uint32_t start_ = 0;     // of the request line: 2 after an empty line
    std::uint32_t target_ = 0;
    std::uint32_t target_size_ = 0;
    std::uint32_t authority_ = 0;       // in an absolute target or CONNECT's
    std::uint32_t authority_size_ = 0;  // 0: the target has none
    step step_ = step::start;
    std::uint8_t minor_ = 1;
    parse_error error_;
};

}  // namespace nurt::http

// SPDX-License-Identifier: MIT
// nurt/http/response_parser.hpp: reads the head of a response.
//
// The sibling of request_parser, as strict: a server whose framing can be read in two ways is
// refused, since the rest of its connection may be anybody's answer. Source: RFC 9112 sections 4
// and 6.
#pragma once

#include "nurt/http/detail/field_parser.hpp"
#include "nurt/http/limits.hpp"
#include "nurt/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nurt::http {

// Reads one response head after another; used as request_parser is.
//
// What follows a head depends on the request: an answer to HEAD has no body whatever its fields
// say, and an accepted CONNECT is followed by a tunnel. So `reset` wants the request's method.
// Interim responses (1xx but 101) are heads of their own: reset and read on.
class response_parser {
public:
    explicit response_parser(const limits& bounds = client_limits) : fields_(bounds) {}

    progress parse(std::string_view received);

    // After `done`, as in request_parser.
    response_head head() const noexcept { return head(text_); }
    response_head head(const char* text) const noexcept;
    std::size_t size() const noexcept { return fields_.end(); }

    // After `failed`. The status is what a gateway would answer its client.
    const parse_error& error() const noexcept { return error_; }

    // True if no byte of a response has been seen.
    bool idle() const noexcept { return at_ == 0; }

    // Begins the next response, the answer to a request with this method.
    void reset(std::string_view method = "GET") noexcept;

private:
    enum class step : std::uint8_t { version, reason, line_feed, fields, done };
    enum class answer_to : std::uint8_t { other, head, connect };

    progress status_line(std::string_view text);
    progress version(const char* at, const char* end) noexcept;
    progress pause(const char* at, const char* end, step next) noexcept;
    progress fail(const char* why) noexcept;
    progress check_head() noexcept;
    framing body() const noexcept;

    detail::field_parser fields_;
    const char* text_ = nullptr;
    std::uint32_t at_ = 0;  // everything before it has been understood
    std::uint32_t reason_size_ = 0;
    int status_ = 0;
    step step_ = step::version;
    answer_to request_ = answer_to::other;
    std::uint8_t minor_ = 1;
    parse_error error_;
};

}  // namespace nurt::http

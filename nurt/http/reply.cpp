// SPDX-License-Identifier: MIT
// nurt/http/reply.cpp: see the header.
#include "nurt/http/reply.hpp"

#include "nurt/base/error.hpp"
#include "nurt/http/detail/connection.hpp"
#include "nurt/http/detail/scan.hpp"
#include "nurt/http/status.hpp"
#include "nurt/json/value.hpp"
#include "nurt/json/write.hpp"

#include <charconv>
#include <utility>

namespace nurt::http {

namespace {

using detail::equal_ignoring_case;

std::uint64_t parse_length(std::string_view text) {
    std::uint64_t length = 0;
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, length);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
        throw invalid_header("Content-Length", "the value is not a number of bytes");
    }
    return length;
}

int checked_status(int code) {
    if (code < 200 || code > 999) throw usage_error("the status of a reply is from 200 to 999");
    return code;
}

}  // namespace

reply reply::json(const nurt::json::value& value) {
    reply made(nurt::json::dump(value));
    made.type_ = "application/json";
    return made;
}

reply& reply::status(int code) & {
    status_ = checked_status(code);
    return *this;
}

reply& reply::header(std::string_view name, std::string_view value) & {
    if (equal_ignoring_case(name, "Content-Length")) {
        length_ = parse_length(value);
    } else if (equal_ignoring_case(name, "Connection")) {
        if (!equal_ignoring_case(value, "close")) {
            throw invalid_header(name, "the server decides what becomes of the connection");
        }
        close_ = true;
    } else if (equal_ignoring_case(name, "Transfer-Encoding")) {
        throw invalid_header(name, "the server decides how a body is framed");
    } else {
        headers_.add(name, value);
    }
    return *this;
}

reply& reply::body(std::string bytes) & {
    body_ = std::move(bytes);
    source_ = nullptr;
    if (type_ == nullptr) type_ = plain_text;
    return *this;
}

reply& reply::body(std::string bytes, std::string_view content_type) & {
    if (content_type.empty()) {
        headers_.remove("Content-Type");
    } else {
        headers_.set("Content-Type", content_type);
    }
    body(std::move(bytes));
    type_ = nullptr;
    return *this;
}

reply& reply::stream(body_source source) & {
    source_ = std::move(source);
    body_.clear();
    return *this;
}

refusal::refusal(int status, std::string_view text)
    : http_error(std::string(text.empty() ? reason_phrase(status) : text)),
      status_(checked_status(status)) {}

coro<> body_writer::write(std::string_view data) {
    return connection_.write_piece(written_, data);
}

}  // namespace nurt::http

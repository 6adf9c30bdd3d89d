// SPDX-License-Identifier: MIT
// nurt/http/writer.cpp: heads, appended to a buffer.
#include "nurt/http/writer.hpp"

#include "nurt/http/detail/scan.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/headers.hpp"
#include "nurt/http/status.hpp"

#include <charconv>

namespace nurt::http {

namespace {

void append_number(std::string& out, std::uint64_t number) {
    char text[20];  // the digits of 2^64-1
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    out.append(text, static_cast<std::size_t>(end - text));
}

}  // namespace

void append_status_line(std::string& out, int status, std::string_view reason) {
    if (status == status::ok && reason.empty()) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    if (status < 100 || status > 999) {
        throw http_error("status " + std::to_string(status) + ": it is not within 100-999");
    }
    if (!detail::is_run(reason, detail::value_byte)) {
        throw http_error("reason phrase: it has a line end or another control byte");
    }
    if (reason.empty()) reason = reason_phrase(status);
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(status));
    out.append(" ").append(reason).append("\r\n");
}

void append_request_line(std::string& out, std::string_view method, std::string_view target) {
    if (!detail::is_token(method)) throw http_error("request method: it is not a token");
    if (target.empty() || !detail::is_run(target, detail::target_byte)) {
        throw http_error("request target: it is empty or has a byte that must be percent-encoded");
    }
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    check_header(name, value);
    out.append(name).append(": ").append(detail::trimmed(value)).append("\r\n");
}

void append_content_length(std::string& out, std::uint64_t length) {
    out.append("Content-Length: ");
    append_number(out, length);
    out.append("\r\n");
}

}  // namespace nurt::http

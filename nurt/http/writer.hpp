// SPDX-License-Identifier: MIT
// nurt/http/writer.hpp: heads, appended to a buffer.
//
// A head is a first line, fields and an empty line:
//
//     append_status_line(out, 200);
//     out += date.line(now);
//     append_content_length(out, body.size());
//     out += fields.wire();
//     out += "\r\n";
//
// Text from outside is checked wherever it goes in, so that a value can never become a second
// response. What is refused throws and leaves `out` as it was.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nurt::http {

// "HTTP/1.1 404 Not Found" and a line end. An empty reason stands for the registered phrase. Throws
// http_error for a status outside of 100-999 or a reason with a control byte.
void append_status_line(std::string& out, int status, std::string_view reason = {});

// "GET /path HTTP/1.1" and a line end. Throws http_error for a method that is no token or a target
// with a space or another illegal byte.
void append_request_line(std::string& out, std::string_view method, std::string_view target);

// "Name: value" and a line end. Throws invalid_header as headers::add does.
void append_field(std::string& out, std::string_view name, std::string_view value);

// "Content-Length: 42" and a line end.
void append_content_length(std::string& out, std::uint64_t length);

}  // namespace nurt::http

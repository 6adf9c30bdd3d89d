// SPDX-License-Identifier: MIT
// nurt/http/errors.cpp: how the messages are put together.
#include "nurt/http/errors.hpp"

#include "nurt/http/status.hpp"

namespace nurt::http {

namespace {

// Text from outside in a message: control bytes escaped, at most 200 bytes of it.
std::string shown(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::size_t longest = 200;
    std::string safe;
    for (const char byte : text.substr(0, longest)) {
        const auto code = static_cast<unsigned char>(byte);
        if (code >= 0x20 && code != 0x7f) {
            safe += byte;
        } else {
            safe += "\\x";
            safe += digits[code >> 4];
            safe += digits[code & 15];
        }
    }
    if (text.size() > longest) safe += "...";
    return safe;
}

std::string joined(std::string_view method, std::string_view url, std::string_view why) {
    std::string text;
    text.reserve(method.size() + url.size() + why.size() + 3);
    text.append(method).append(" ").append(url).append(": ").append(why);
    return text;
}

std::string status_text(int status) {
    std::string text = std::to_string(status);
    const std::string_view reason = reason_phrase(status);
    if (!reason.empty()) text.append(" ").append(reason);
    return text;
}

}  // namespace

invalid_url::invalid_url(std::string_view text, std::string_view why)
    : http_error("url '" + shown(text) + "': " + std::string(why)) {}

invalid_header::invalid_header(std::string_view name, std::string_view why)
    : http_error("header '" + shown(name) + "': " + std::string(why)) {}

request_error::request_error(std::string_view method, std::string_view url, std::string_view why)
    : http_error(joined(method, url, why)), method_size_(method.size()), url_size_(url.size()) {}

status_error::status_error(std::string_view method, std::string_view url, int status)
    : request_error(method, url, status_text(status)), status_(status) {}

}  // namespace nurt::http

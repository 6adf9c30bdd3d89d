// SPDX-License-Identifier: MIT
// nurt/http/message.cpp: the parts of a request target.
#include "nurt/http/message.hpp"

namespace nurt::http {

namespace {

// The target from its path on. An absolute target without a path has the path "/".
std::string_view origin_form(std::string_view target) noexcept {
    const std::size_t scheme_end = target.find("://");
    if (target.empty() || target.front() == '/' || scheme_end == std::string_view::npos) {
        return target;
    }
    const std::size_t start = target.find_first_of("/?", scheme_end + 3);
    return start == std::string_view::npos ? std::string_view() : target.substr(start);
}

}  // namespace

std::string_view request_head::path() const noexcept {
    const std::string_view text = origin_form(target);
    const std::string_view path = text.substr(0, text.find('?'));
    return path.empty() ? std::string_view("/") : path;
}

std::string_view request_head::query() const noexcept {
    const std::string_view text = origin_form(target);
    const std::size_t mark = text.find('?');
    return mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
}

}  // namespace nurt::http

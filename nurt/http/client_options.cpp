// SPDX-License-Identifier: MIT
// nurt/http/client_options.cpp: see the header.
#include "nurt/http/client_options.hpp"

#include "nurt/http/errors.hpp"
#include "nurt/http/query.hpp"
#include "nurt/json/write.hpp"

#include <cstddef>

namespace nurt::http::detail {

namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
    }
    return true;
}

// RFC 4648 section 4.
std::string base64(std::string_view text) {
    static constexpr char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t group = 0;
        const std::string_view part = text.substr(i, 3);
        for (std::size_t k = 0; k < 3; ++k) {
            group = group << 8 | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= part.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
        }
    }
    return out;
}

}  // namespace

void request_data::add_param(std::string_view name, std::string_view value) {
    append_param(params, name, value);
}

void request_data::set_header(std::string_view name, std::string_view value) {
    if (same_name(name, "content-length") || same_name(name, "transfer-encoding")) {
        throw invalid_header(name, "the client sets it, according to the body");
    }
    fields.set(name, value);
}

void request_data::set_json(const json::value& what) {
    set_content(json::dump(what), "application/json");
}

void request_data::set_form(std::string_view name, std::string_view value) {
    has_body = true;
    if (!fields.contains("Content-Type")) {
        fields.set("Content-Type", "application/x-www-form-urlencoded");
    }
    append_param(body, name, value);
}

void request_data::set_content(std::string bytes, std::string_view type) {
    if (!type.empty()) {
        fields.set("Content-Type", type);
    } else if (!fields.contains("Content-Type")) {
        fields.set("Content-Type", "application/octet-stream");
    }
    body = std::move(bytes);
    has_body = true;
}

void request_data::set_basic_auth(std::string_view user, std::string_view password) {
    if (user.find(':') != user.npos) {
        throw invalid_header("Authorization", "a user name has no colon");
    }
    fields.set("Authorization", "Basic " + base64(std::string(user).append(":").append(password)));
}

void request_data::set_bearer(std::string_view token) {
    fields.set("Authorization", std::string("Bearer ").append(token));
}

client_timeouts& request_data::own_limits() noexcept {
    has_timeouts = true;
    return limits;
}

}  // namespace nurt::http::detail

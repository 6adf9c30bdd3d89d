// SPDX-License-Identifier: MIT
// nurt/http/url.hpp: http and https URLs.
//
// A url is checked, normalised and complete from the moment it exists: scheme and host in lower
// case, no default port, a path without dot segments, nothing that needs percent-encoding. So its
// text can go into a request as it is. Source: RFC 3986, RFC 9110 section 4.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nurt::http {

// An absolute http or https URL.
//
//     http::url where("http://127.0.0.1:8000/delay/1");
//     where.add_param("q", "c++");              // ...?q=c%2B%2B
//     where.join("../status/404").str();        // http://127.0.0.1:8000/status/404
//
// Bytes that do not belong in a path or query (spaces, UTF-8) are percent-encoded, escapes that
// are there stay. Refused, with invalid_url: control bytes, another scheme, a missing or impossible
// host, user names and passwords, a bad port, a '%' without two hexadecimal digits. The views are
// valid until the url changes.
class url {
public:
    explicit url(std::string_view text);
    static std::optional<url> try_parse(std::string_view text);

    const std::string& str() const noexcept { return text_; }
    bool is_https() const noexcept { return https_; }
    std::string_view scheme() const noexcept { return https_ ? "https" : "http"; }
    // The name to look up or the address, without the brackets of an IPv6 address.
    std::string_view host() const noexcept { return part(host_, host_end_); }
    // The one to connect to: 80 or 443 if the URL does not say.
    std::uint16_t port() const noexcept { return port_; }
    // What goes into Host: the host, and the port unless it is the scheme's own.
    std::string_view authority() const noexcept { return part(authority_, path_); }
    // Scheme, host and port, "http://127.0.0.1:8000".
    std::string_view origin() const noexcept { return part(0, path_); }
    std::string_view path() const noexcept { return part(path_, path_end_); }
    // Without its '?'; empty if there is none.
    std::string_view query() const noexcept;
    // What goes into the request line: the path, and the query if there is one.
    std::string_view target() const noexcept { return part(path_, target_end_); }
    // Without its '#'. Never sent.
    std::string_view fragment() const noexcept;

    // The URL that a link on this page, or a Location, means. Throws invalid_url.
    url join(std::string_view reference) const;

    // Appends a parameter to the query, encoded.
    url& add_param(std::string_view name, std::string_view value);

    friend bool operator==(const url& a, const url& b) noexcept { return a.text_ == b.text_; }

private:
    url() = default;
    const char* parse(std::string_view text);
    const char* parse_authority(std::string_view text);
    const char* parse_rest(std::string_view text);

    std::string_view part(std::uint32_t begin, std::uint32_t end) const noexcept {
        return {text_.data() + begin, end - begin};
    }

    // text_ is "scheme://authority/path?query#fragment"; these are offsets in it.
    std::string text_;
    std::uint32_t authority_ = 0;
    std::uint32_t host_ = 0;
    std::uint32_t host_end_ = 0;
    std::uint32_t path_ = 0;
    std::uint32_t path_end_ = 0;
    std::uint32_t target_end_ = 0;
    std::uint16_t port_ = 0;
    bool https_ = false;
};

}  // namespace nurt::http

// SPDX-License-Identifier: MIT
// nurt/http/url.cpp: taking URLs apart, and putting them together again in one spelling.
#include "nurt/http/url.hpp"

#include "nurt/http/detail/authority.hpp"
#include "nurt/http/detail/scan.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/query.hpp"

namespace nurt::http {

namespace {

// Longer ones are refused: no server takes them and offsets are 32-bit.
constexpr std::size_t longest = 1 << 20;

std::uint32_t offset(std::size_t position) noexcept {
    return static_cast<std::uint32_t>(position);
}

bool is_letter(char byte) noexcept {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

const char* check_bytes(std::string_view text) noexcept {
    if (text.empty()) return "it is empty";
    if (text.size() > longest) return "it is longer than 1 MiB";
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (code < 0x20 || code == 0x7f) return "it has a line end or another control byte";
    }
    if (text.front() == ' ' || text.back() == ' ') return "it begins or ends with a space";
    return nullptr;
}

// The size of "scheme:" at the beginning of a reference, or 0.
std::size_t scheme_size(std::string_view text) noexcept {
    const std::size_t end = text.find_first_of(":/?#");
    if (end == std::string_view::npos || text[end] != ':' || !is_letter(text.front())) return 0;
    for (const char byte : text.substr(0, end)) {
        const bool fits = is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '+' ||
                          byte == '-' || byte == '.';
        if (!fits) return 0;
    }
    return end + 1;
}

// Appends `text` with everything encoded that may not stand in a path, query or fragment.
// False if there is a '%' that is no escape.
bool append_encoded(std::string& out, std::string_view text, std::string_view also_legal) {
    static constexpr std::string_view legal = "!$&'()*+,;=:@/";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char byte = text[i];
        if (byte == '%') {
            const bool escape = i + 2 < text.size() && detail::hex_digit(text[i + 1]) >= 0 &&
                                detail::hex_digit(text[i + 2]) >= 0;
            if (!escape) return false;
        }
        const bool plain = byte == '%' || detail::is_byte(byte, detail::unreserved_byte) ||
                           legal.find(byte) != std::string_view::npos ||
                           also_legal.find(byte) != std::string_view::npos;
        if (plain) {
            out += byte;
        } else {
            out += percent_encode({&byte, 1});
        }
    }
    return true;
}

// ".", "..", and their escaped spellings, which mean the same.
std::size_t dots(std::string_view segment) noexcept {
    std::size_t count = 0;
    while (!segment.empty()) {
        const bool escaped = detail::equal_ignoring_case(segment.substr(0, 3), "%2e");
        if (!escaped && segment.front() != '.') return 0;
        segment.remove_prefix(escaped ? 3 : 1);
        ++count;
    }
    return count <= 2 ? count : 0;
}

// RFC 3986 section 5.2.4, for a path that begins with '/'.
std::string without_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view segment = path.substr(0, end);
        path.remove_prefix(end);
        const std::size_t up = dots(segment);
        if (up == 0) {
            out.append("/").append(segment);
            continue;
        }
        if (up == 2) out.resize(out.empty() ? 0 : out.rfind('/'));
        if (path.empty()) out += '/';
    }
    return out.empty() ? "/" : out;
}

}  // namespace

url::url(std::string_view text) {
    if (const char* why = parse(text)) throw invalid_url(text, why);
}

std::optional<url> url::try_parse(std::string_view text) {
    url result;
    if (result.parse(text) != nullptr) return std::nullopt;
    return result;
}

const char* url::parse(std::string_view text) {
    if (const char* why = check_bytes(text)) return why;
    const std::size_t scheme = scheme_size(text);
    const bool slashes = text.substr(scheme, 2) == "//";
    if (scheme == 0 || !slashes) return "it does not begin with http:// or https://";
    https_ = detail::equal_ignoring_case(text.substr(0, scheme), "https:");
    if (!https_ && !detail::equal_ignoring_case(text.substr(0, scheme), "http:")) {
        return "its scheme is neither http nor https";
    }
    text.remove_prefix(scheme + 2);
    const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
    text_.append(scheme == 6 ? "https://" : "http://");
    if (const char* why = parse_authority(text.substr(0, end))) return why;
    return parse_rest(text.substr(end));
}

const char* url::parse_authority(std::string_view text) {
    if (text.find('@') != std::string_view::npos) {
        return "it has a user name or password; give them as authentication, not in the URL";
    }
    for (const char byte : text) {
        if (static_cast<unsigned char>(byte) >= 0x80) {
            return "its host is not ASCII; write international names in their xn-- form";
        }
    }
    detail::authority parts;
    if (const char* why = detail::split_authority(text, parts)) return why;
    if (!parts.ipv6) {
        if (const char* why = detail::check_host_name(parts.host)) return why;
    }
    if (parts.port == 0) return "the port is 0";
    const int usual = https_ ? 443 : 80;
    port_ = static_cast<std::uint16_t>(parts.port < 0 ? usual : parts.port);
    authority_ = offset(text_.size());
    if (parts.ipv6) text_ += '[';
    host_ = offset(text_.size());
    for (const char byte : parts.host) text_ += detail::to_lower(byte);
    host_end_ = offset(text_.size());
    if (parts.ipv6) text_ += ']';
    if (port_ != usual) text_.append(":").append(std::to_string(port_));
    path_ = offset(text_.size());
    return nullptr;
}

const char* url::parse_rest(std::string_view text) {
    static constexpr const char* bad_escape = "it has a '%' without two hexadecimal digits";
    const std::size_t hash = std::min(text.find('#'), text.size());
    const std::size_t mark = std::min(text.substr(0, hash).find('?'), hash);
    std::string path;
    if (!append_encoded(path, text.substr(0, mark), {})) return bad_escape;
    text_.append(without_dot_segments(path));
    path_end_ = offset(text_.size());
    if (mark < hash) {
        text_ += '?';
        if (!append_encoded(text_, text.substr(mark + 1, hash - mark - 1), "?")) return bad_escape;
    }
    target_end_ = offset(text_.size());
    if (hash < text.size()) {
        text_ += '#';
        if (!append_encoded(text_, text.substr(hash + 1), "?")) return bad_escape;
    }
    return nullptr;
}

std::string_view url::query() const noexcept {
    return path_end_ == target_end_ ? std::string_view() : part(path_end_ + 1, target_end_);
}

std::string_view url::fragment() const noexcept {
    const std::string_view rest = std::string_view(text_).substr(target_end_);
    return rest.empty() ? rest : rest.substr(1);
}

// RFC 3986 section 5.2.2; the constructor removes the dot segments.
url url::join(std::string_view reference) const {
    if (reference.empty()) return url(part(0, target_end_));
    if (scheme_size(reference) != 0) return url(reference);
    if (reference.substr(0, 2) == "//") {
        return url(std::string(scheme()) + ":" + std::string(reference));
    }
    std::string text;
    if (reference.front() == '/') {
        text.append(origin());
    } else if (reference.front() == '?') {
        text.append(part(0, path_end_));
    } else if (reference.front() == '#') {
        text.append(part(0, target_end_));
    } else {
        text.append(origin()).append(path().substr(0, path().rfind('/') + 1));
    }
    return url(text.append(reference));
}

url& url::add_param(std::string_view name, std::string_view value) {
    std::string query(this->query());
    append_param(query, name, value);
    const std::uint32_t end = path_end_ + 1 + offset(query.size());
    text_.replace(path_end_, target_end_ - path_end_, "?" + query);
    target_end_ = end;
    return *this;
}

}  // namespace nurt::http

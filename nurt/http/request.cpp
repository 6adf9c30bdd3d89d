// SPDX-License-Identifier: MIT
// nurt/http/request.cpp: see the header.
#include "nurt/http/request.hpp"

#include "nurt/http/detail/connection.hpp"

#include <algorithm>

namespace nurt::http {

std::string_view request::scheme() const noexcept {
    return tls::is_tls(connection_.bytes()) ? "https" : "http";
}

std::optional<tls::connection_info> request::tls_info() const {
    return tls::info(connection_.bytes());
}

io::endpoint request::peer_endpoint() const noexcept {
    return connection_.bytes().peer_address();
}

std::string request::peer_name() const {
    return connection_.bytes().peer_name();
}

bool request::has_body() const noexcept {
    return head_.body.how == framing::kind::chunked || head_.body.length != 0;
}

std::optional<std::uint64_t> request::content_length() const noexcept {
    if (head_.body.how == framing::kind::chunked) return std::nullopt;
    return head_.body.length;
}

void request::set_body_limit(std::uint64_t bytes) noexcept {
    connection_.set_body_limit(bytes);
}

coro<std::string_view> request::read_some() {
    return connection_.read_piece();
}

// Grows with what arrives: a client that announces much has to send it before it costs much.
coro<std::string> request::read_all() {
    std::string body;
    for (;;) {
        const std::string_view piece = co_await connection_.read_piece();
        if (piece.empty()) co_return body;
        body += piece;
    }
}

}  // namespace nurt::http

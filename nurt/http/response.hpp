// SPDX-License-Identifier: MIT
// nurt/http/response.hpp: the answer to a request.
//
// A value that owns everything it speaks of; it outlives its client and its connection.
#pragma once

#include "nurt/base/time.hpp"
#include "nurt/http/headers.hpp"
#include "nurt/json/value.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nurt::http {

struct response_head;

namespace detail {
class client_call;
}

// Where the time of a request went. With redirects, the last request's phases; a phase that did not
// take place is zero, as connect is on a connection that was kept.
struct request_phases {
    duration pool;     // waiting for a connection to be free
    duration dns;      // looking up the name
    duration connect;  // TCP's handshake
    duration tls;      // TLS's handshake
    duration send;     // until the kernel had taken the request
    duration wait;     // until the first byte of the answer
    duration receive;  // until its last byte
};

// A redirect that was followed.
struct redirect {
    int status;
    std::string url;  // of the request that was answered with it
};

// Moved cheaply; copied in full. Python: httpx.Response.
class response {
public:
    response() = default;

    int status() const noexcept { return status_; }
    // 2xx.
    bool ok() const noexcept { return status_ >= 200 && status_ < 300; }
    std::string_view reason() const noexcept { return {head_.data(), reason_size_}; }
    headers_view headers() const noexcept { return {head_.data(), fields_.data(), fields_.size()}; }
    // "HTTP/1.1".
    std::string_view http_version() const noexcept { return minor_ == 0 ? "HTTP/1.0" : "HTTP/1.1"; }

    // The body as it came. Text is not converted from its character set.
    const std::string& text() const& noexcept { return body_; }
    std::string&& text() && noexcept { return std::move(body_); }
    std::span<const std::byte> bytes() const noexcept {
        return {reinterpret_cast<const std::byte*>(body_.data()), body_.size()};
    }
    // The body as JSON; throws json::parse_error.
    nurt::json::value json() const;

    // Of the request that got this answer: after redirects, the last one.
    const std::string& url() const noexcept { return url_; }
    const std::string& method() const noexcept { return method_; }
    const std::vector<redirect>& history() const noexcept { return history_; }

    // Throws status_error unless the status is 2xx; returns the response for a chain.
    const response& raise_for_status() const;

    // From the beginning of the request, redirects included, to the end of the answer.
    duration elapsed() const noexcept { return elapsed_; }
    const request_phases& phases() const noexcept { return phases_; }

private:
    friend class detail::client_call;

    void keep(const response_head& head);

    int status_ = 0;
    int minor_ = 1;
    std::uint32_t reason_size_ = 0;
    std::string head_;  // the reason and the fields; fields_ are places in it
    std::vector<field_position> fields_;
    std::string body_;
    std::string url_;
    std::string method_;
    std::vector<redirect> history_;
    duration elapsed_;
    request_phases phases_;
};

}  // namespace nurt::http

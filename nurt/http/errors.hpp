// SPDX-License-Identifier: MIT
// nurt/http/errors.hpp: what goes wrong with HTTP, as one tree.
//
// The tree is httpx's, with names in this library's style:
//
//     http_error
//       request_error               a request was being made; method() and url() say which
//         transport_error
//           timeout_error           connect_timeout read_timeout write_timeout pool_timeout
//                                   total_timeout
//           network_error           connect_error read_error write_error close_error
//           protocol_error          local_protocol_error remote_protocol_error
//           proxy_error  unsupported_protocol
//         decoding_error  too_many_redirects
//       status_error                an answer came, with a status that was not wanted
//       invalid_url  invalid_header misuse: text that cannot be sent
#pragma once

#include "nurt/base/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace nurt::http {

// The base of everything below, and what a server's protocol errors are.
class http_error : public error {
public:
    using error::error;
};

// Text that is not a URL this library can use.
// what() reads "url 'http://a:b': the port is not a number".
class invalid_url final : public http_error {
public:
    invalid_url(std::string_view text, std::string_view why);
};

// A field that cannot be sent. Nothing was sent or stored.
class invalid_header final : public http_error {
public:
    invalid_header(std::string_view name, std::string_view why);
};

// A request that was sent, or was to be, failed. what() reads "GET http://a/b: why".
class request_error : public http_error {
public:
    request_error(std::string_view method, std::string_view url, std::string_view why);

    // Views of what(), valid as long as the exception.
    std::string_view method() const noexcept { return {what(), method_size_}; }
    std::string_view url() const noexcept { return {what() + method_size_ + 1, url_size_}; }

private:
    std::size_t method_size_;
    std::size_t url_size_;
};

// The request or its answer did not get through.
class transport_error : public request_error {
    using request_error::request_error;
};

// A phase of the request took longer than its limit. Not nurt::timeout_error, which the scopes of
// nurt::timeout throw: this one names the phase.
class timeout_error : public transport_error {
    using transport_error::transport_error;
};
class connect_timeout final : public timeout_error {
    using timeout_error::timeout_error;
};
class read_timeout final : public timeout_error {
    using timeout_error::timeout_error;
};
class write_timeout final : public timeout_error {
    using timeout_error::timeout_error;
};
// No connection of the pool became free in time.
class pool_timeout final : public timeout_error {
    using timeout_error::timeout_error;
};
// The whole request took longer than its limit, whatever it was doing.
class total_timeout final : public timeout_error {
    using timeout_error::timeout_error;
};

// The connection could not be made or broke.
class network_error : public transport_error {
    using transport_error::transport_error;
};
class connect_error final : public network_error {
    using network_error::network_error;
};
class read_error final : public network_error {
    using network_error::network_error;
};
class write_error final : public network_error {
    using network_error::network_error;
};
class close_error final : public network_error {
    using network_error::network_error;
};

// Bytes that are not HTTP: ours (local) or the server's (remote).
class protocol_error : public transport_error {
    using transport_error::transport_error;
};
class local_protocol_error final : public protocol_error {
    using protocol_error::protocol_error;
};
class remote_protocol_error final : public protocol_error {
    using protocol_error::protocol_error;
};

class proxy_error final : public transport_error {
    using transport_error::transport_error;
};
// A redirect leads from https to http: what was protected would go on for everybody to read.
class unsupported_protocol final : public transport_error {
    using transport_error::transport_error;
};

// The body does not match its Content-Encoding.
class decoding_error final : public request_error {
    using request_error::request_error;
};
class too_many_redirects final : public request_error {
    using request_error::request_error;
};

// Thrown by raise_for_status. what() reads "GET http://a/b: 404 Not Found".
class status_error final : public request_error {
public:
    status_error(std::string_view method, std::string_view url, int status);

    int status() const noexcept { return status_; }

private:
    int status_;
};

}  // namespace nurt::http

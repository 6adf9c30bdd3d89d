// SPDX-License-Identifier: MIT
// nurt/http/request.hpp: a request, as a handler of a server sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "nurt/core/coro.hpp"
#include "nurt/http/headers.hpp"
#include "nurt/http/message.hpp"
#include "nurt/io/endpoint.hpp"
#include "nurt/tls/info.hpp"

namespace nurt::http {

namespace detail {
class connection;
}

// Everything but the body has been received. Views are valid until the handler, and the body writer
// of its reply, have ended. The body stays with the client until somebody reads it; what nobody
// reads is skipped if it is short (64 KiB), else the connection ends with the reply.
class request {
public:
    request(const request&) = delete;
    request& operator=(const request&) = delete;

    std::string_view method() const noexcept { return head_.method; }
    // As received: "/path?query", "http://host/path", "*".
    std::string_view target() const noexcept { return head_.target; }
    // Still percent-encoded: see http::decode_path and http::parse_query.
    std::string_view path() const noexcept { return head_.path(); }
    std::string_view query() const noexcept { return head_.query(); }
    // host[:port] that the client wants to talk to.
    std::string_view authority() const noexcept { return head_.authority; }
    int minor_version() const noexcept { return head_.minor_version; }  // of HTTP/1
    headers_view headers() const noexcept { return head_.fields; }
    // The value of the first field of that name, or the empty text.
    std::string_view header(std::string_view name) const noexcept { return head_.fields[name]; }

    // "https" if the connection is TLS, else "http"; whatever a proxy before it says.
    std::string_view scheme() const noexcept;
    // What was agreed on, and the certificate that the client has shown; nothing without TLS.
    std::optional<nurt::tls::connection_info> tls_info() const;
    io::endpoint peer_endpoint() const noexcept;
    std::string peer_name() const;  // "192.0.2.1:40000"

    // False: the request has no body, or an empty one.
    bool has_body() const noexcept;
    // What the client has announced; nothing for a chunked body.
    std::optional<std::uint64_t> content_length() const noexcept;

    // More than that is refused with 413: 1 MiB unless the server's options say otherwise. For this
    // request only; ~0 for as much as the client likes to send.
    void set_body_limit(std::uint64_t bytes) noexcept;

    // The next piece of the body, valid until the next call; "" at the end. Tells a client that
    // waits for 100 (Continue) to go on. Throws refusal, which answers the request when it leaves
    // the handler: 413 above the limit, 408 when the client is too slow, 400 for illegal chunks.
    // Not two at a time.
    coro<std::string_view> read_some();
    // The rest of the body.
    coro<std::string> read_all();

private:
    friend class detail::connection;
    explicit request(detail::connection& c) noexcept : connection_(c) {}

    detail::connection& connection_;
    request_head head_;
};

}  // namespace nurt::http

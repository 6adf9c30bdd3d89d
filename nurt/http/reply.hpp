// SPDX-License-Identifier: MIT
// nurt/http/reply.hpp: what a handler of a server answers.
//
// A handler returns a reply, and the server sends it: with Date, the length or the chunks, and
// without the body where HTTP has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/base/unique_function.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/headers.hpp"

namespace nurt::json {
class value;
}

namespace nurt::http {

namespace detail {
class connection;
}

// Sends the body of a streamed reply, piece by piece.
class body_writer {
public:
    body_writer(const body_writer&) = delete;
    body_writer& operator=(const body_writer&) = delete;

    // Waits until the kernel has taken it, so a slow client slows the writer down. The data has to
    // stay until then. Throws os_error when the client has gone, and usage_error for more than the
    // announced length. Empty data sends what came before it: the head, at the beginning.
    coro<> write(std::string_view data);

    std::uint64_t written() const noexcept { return written_; }

private:
    friend class detail::connection;
    explicit body_writer(detail::connection& c) noexcept : connection_(c) {}

    detail::connection& connection_;
    std::uint64_t written_ = 0;
};

// Writes a body. It is kept until it has ended, so it may have captures.
using body_source = unique_function<coro<>(body_writer&)>;

// An answer that is being made; moved, not copied. Throws invalid_header for a field that cannot
// be sent, so no text from outside can become a second response.
//
//     co_return http::reply("Hello, World!");
//     co_return http::reply(404).header("X-Reason", "none").body("no such page\n");
class reply {
public:
    reply() = default;                                                      // 200 and no body
    explicit reply(int code) { status(code); }                              // and no body
    reply(std::string text) : body_(std::move(text)), type_(plain_text) {}  // 200, text/plain
    reply(const char* text) : reply(std::string(text)) {}
    // 200, application/json.
    static reply json(const nurt::json::value& value);

    int status() const noexcept { return status_; }
    const http::headers& headers() const noexcept { return headers_; }
    const std::string& body() const noexcept { return body_; }

    reply& status(int code) &;  // 200 to 999, else usage_error
    // Appends a field. Content-Length announces the length of a streamed body, `Connection: close`
    // ends the connection; the rest of the framing is the server's: Transfer-Encoding and other
    // Connection fields throw invalid_header. Date, Server and Content-Type replace the server's.
    reply& header(std::string_view name, std::string_view value) &;
    // Text, unless Content-Type says otherwise; an empty content_type says nothing.
    reply& body(std::string bytes) &;
    reply& body(std::string bytes, std::string_view content_type) &;
    // A body that is written while it is sent: chunked, or as long as Content-Length says. An error
    // that leaves the source resets the connection, so that the client knows that it has not all.
    reply& stream(body_source source) &;

    reply&& status(int code) && { return std::move(status(code)); }
    reply&& header(std::string_view name, std::string_view value) && {
        return std::move(header(name, value));
    }
    reply&& body(std::string bytes) && { return std::move(body(std::move(bytes))); }
    reply&& body(std::string bytes, std::string_view content_type) && {
        return std::move(body(std::move(bytes), content_type));
    }
    reply&& stream(body_source source) && { return std::move(stream(std::move(source))); }

private:
    friend class detail::connection;
    friend struct reply_head;

    static constexpr const char* plain_text = "text/plain; charset=utf-8";
    static constexpr std::uint64_t unknown = ~std::uint64_t{0};

    std::string body_;
    http::headers headers_;
    body_source source_;
    const char* type_ = nullptr;      // static; a Content-Type of the headers goes first
    std::uint64_t length_ = unknown;  // announced
    int status_ = 200;
    bool close_ = false;
};

// Answers the request with a status and a line of text: throw it in a handler, at any depth.
class refusal final : public http_error {
public:
    explicit refusal(int status, std::string_view text = {});

    int status() const noexcept { return status_; }

private:
    int status_;
};

}  // namespace nurt::http

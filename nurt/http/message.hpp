// SPDX-License-Identifier: MIT
// nurt/http/message.hpp: what the parsers say about a message.
//
// The heads here are views of the text that was parsed: nothing is copied, nothing is owned.
#pragma once

#include "nurt/http/headers.hpp"

#include <cstdint>
#include <string_view>

namespace nurt::http {

// What a parser says after each look at the text.
enum class progress : std::uint8_t {
    need_more,  // legal so far
    done,       // complete
    failed      // illegal: the connection is of no further use
};

// Why a parser failed. The text is a sentence part without a subject: "bare LF in a field".
struct parse_error {
    int status = 0;         // what a server answers before it closes
    const char* text = "";  // static
};

// How the body of a message is delimited. Source: RFC 9112 section 6.
struct framing {
    enum class kind : std::uint8_t {
        none,        // there is no body
        length,      // exactly `length` bytes
        chunked,     // see chunk_decoder
        until_close  // all that comes until the peer closes; only in responses
    };
    kind how = kind::none;
    std::uint64_t length = 0;

    friend bool operator==(const framing&, const framing&) = default;
};

// The head of a request.
struct request_head {
    std::string_view method;
    std::string_view target;     // as received: "/path?query", "http://host/path", "host:port", "*"
    int minor_version = 1;       // of HTTP/1
    std::string_view authority;  // host[:port] from an absolute target, else from Host
    headers_view fields;
    framing body;
    bool keep_alive = true;        // the client is ready to send another request
    bool expect_continue = false;  // the client waits for 100 (Continue) before it sends the body
    bool upgrade = false;          // Upgrade is there and listed in Connection

    // The target's path and its query, both still percent-encoded. The path of "*" and of a
    // CONNECT request is the target.
    std::string_view path() const noexcept;
    std::string_view query() const noexcept;
};

// The head of a response.
struct response_head {
    int status = 0;
    std::string_view reason;
    int minor_version = 1;
    headers_view fields;
    framing body;
    bool keep_alive = true;  // the connection may be used again once the body has been read
    bool upgrade = false;    // 101, or an accepted CONNECT: what follows is no longer HTTP
};

}  // namespace nurt::http

// SPDX-License-Identifier: MIT
// tests/http/server_support.hpp: a client that sends bytes as they are, in virtual time.
#pragma once

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/server.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/stream/memory_stream.hpp"
#include "tests/support/in_loop.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace nurt_test {

namespace http = nurt::http;
using nurt::coro;
using nurt::duration;
using nurt::seconds;

// What every request needs, after its request line.
inline const std::string host = "Host: a\r\n\r\n";

inline std::string get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\n" + host;
}

inline std::string post(std::string_view path, std::string_view body) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + host +
           std::string(body);
}

// A server's connection and its client, in memory.
class conversation {
public:
    explicit conversation(http::handler answer, http::server_options options = {})
        : conversation(nurt::memory_stream_pair(), std::move(answer), options) {}

    // What arrives until the end of the stream, or until nothing has come for that long.
    static coro<std::string> read_for(nurt::stream& from, duration quiet) {
        std::string text;
        for (;;) {
            std::string piece;
            try {
                piece = co_await nurt::wait_for(from.read(65536), quiet);
            } catch (const nurt::timeout_error&) {
                co_return text;
            }
            if (piece.empty()) co_return text;
            text += piece;
        }
    }

    coro<> send(std::string text) { co_await client.write(text); }
    // All that comes, until nothing has come for a second.
    coro<std::string> receive() { return read_for(client, seconds(1)); }
    coro<std::string> ask(std::string text) {
        co_await client.write(text);
        co_return co_await receive();
    }
    // True when the server has closed the connection; false if it stays open for that long.
    coro<bool> ends_within(duration limit) {
        try {
            const std::string rest = co_await nurt::wait_for(client.read_all(), limit);
            co_return true;
        } catch (const nurt::timeout_error&) {
            co_return false;
        }
    }
    bool server_has_ended() const { return served.done(); }

    nurt::stream client;
    nurt::task<> served;

private:
    conversation(std::pair<nurt::stream, nurt::stream> ends, http::handler answer,
                 const http::server_options& options)
        : client(std::move(ends.first)),
          served(nurt::create_task(
              http::serve_connection(std::move(ends.second), std::move(answer), options))) {}
};

// The status line of the first answer.
inline std::string first_line(std::string_view text) {
    return std::string(text.substr(0, text.find("\r\n")));
}

// What follows the first head.
inline std::string body_of(std::string_view text) {
    const std::size_t end = text.find("\r\n\r\n");
    return end == text.npos ? "no head" : std::string(text.substr(end + 4));
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

// Answers with the path.
inline coro<http::reply> echo_path(http::request& request) {
    co_return std::string(request.path());
}

// Answers with the body.
inline coro<http::reply> echo_body(http::request& request) {
    co_return co_await request.read_all();
}

}  // namespace nurt_test

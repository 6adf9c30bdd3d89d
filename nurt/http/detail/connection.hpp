// SPDX-License-Identifier: MIT
// nurt/http/detail/connection.hpp: one client of a server, from its first byte to its last.
//
// Three files: connection.cpp is the life of a connection, connection_body.cpp reads bodies,
// connection_reply.cpp sends replies. Source: RFC 9112.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/chunked.hpp"
#include "nurt/http/detail/connection_io.hpp"
#include "nurt/http/detail/service.hpp"
#include "nurt/http/reply.hpp"
#include "nurt/http/request.hpp"
#include "nurt/http/request_parser.hpp"

namespace nurt::http::detail {

// Invariants:
//  1. While a handler or a body source runs, the head of its request is pinned in the input.
//  2. reply_ belongs to the current request; it is empty between requests.
class connection final : public list_link {
public:
    // received: what has come already.
    connection(service& shared, std::unique_ptr<byte_stream> bytes, std::string_view received);
    ~connection();

    // Until the client or the server has had enough. Never throws for what a client did.
    coro<> serve();

    // Ends it now if it is between two requests; else the current one is the last.
    void stop() noexcept;
    // Shortens the wait for the next request.
    void hurry(instant until) noexcept;
    void cancel() noexcept { task_.cancel("the server stops"); }

    // For request.
    const request_head& head() const noexcept { return request_.head_; }
    byte_stream& bytes() noexcept { return io_.bytes(); }
    void set_body_limit(std::uint64_t bytes) noexcept { body_limit_ = bytes; }
    coro<std::string_view> read_piece();

    // For body_writer.
    coro<> write_piece(std::uint64_t& written, std::string_view data);

private:
    coro<> run();
    coro<> finish();
    coro<> linger();
    instant head_deadline() noexcept;
    void begin_request();
    void end_request() noexcept;
    // For what works on a reply: none, unless the client has gone already.
    duration time_limit() const noexcept {
        return io_.ended() ? duration::zero() : duration::max();
    }
    coro<reply> call_handler(timeout_state& scope);
    void end_handler() noexcept;
    void refuse(const parse_error& why);
    void handler_failed(const std::exception& error);
    void report(const char* message) noexcept;

    // connection_body.cpp
    void begin_body();
    std::string_view next_piece();
    std::string_view next_chunk_piece();
    bool skippable() const noexcept;
    coro<bool> skip_body();
    coro<> ask_for_body();
    instant body_deadline() noexcept;
    std::size_t worth_reading() const noexcept;
    [[noreturn]] void body_failed(int status, const char* why);

    // connection_reply.cpp
    void send_reply();
    void check_length() const;
    void decide_framing() noexcept;
    void write_head();
    bool streams() const noexcept { return reply_.source_ && sends_body_; }
    coro<> send_stream();
    void end_stream(std::uint64_t written);
    void stream_failed(const std::exception& error);
    void error_reply(int status, std::string_view text);

    // How a reply's body is delimited.
    enum class delimiter : std::uint8_t { none, length, chunks, close };

    service& service_;
    connection_io io_;
    task_view task_;
    request_parser parser_;
    request request_;
    reply reply_;
    instant head_by_;  // never(): no byte of the next head has come

    std::unique_ptr<chunk_decoder> decoder_;  // made for the first chunked body
    std::uint64_t body_left_ = 0;             // of a body with a length
    std::uint64_t body_received_ = 0;         // bytes of content
    std::uint64_t body_limit_ = 0;
    duration body_waited_;        // for the client
    std::size_t piece_size_ = 0;  // of the input: what the last piece took

    std::uint64_t reply_length_ = 0;
    delimiter delimiter_ = delimiter::none;
    bool sends_body_ = false;
    bool head_sent_ = false;  // the reply can no longer be replaced

    bool idle_ = false;  // waits for the first byte of a request
    bool in_handler_ = false;
    bool gone_ = false;           // the client, so there is nobody to answer
    bool body_done_ = true;       // nothing of the request's body is to come
    bool body_broken_ = false;    // where it ends is not known any more
    bool owes_continue_ = false;  // the client waits for 100
    bool keep_ = true;            // another request may follow
    bool lingers_ = false;        // the client may be sending still
    bool aborted_ = false;        // the end is a reset
};

}  // namespace nurt::http::detail

// SPDX-License-Identifier: MIT
// nurt/http/detail/client_connection.hpp: one connection of a client, and the exchange on it.
//
// It writes a request, reads the answer's head and hands out the body; it knows nothing of URLs,
// redirects or the pool. One timer serves all its deadlines: it stays armed for whatever it was
// armed for first and looks at the deadline that holds when it fires, so an exchange in time
// touches the heap not at all. A deadline that has passed closes the connection under the reader or
// writer, which then finds out why.
#pragma once

#include "nurt/base/error.hpp"
#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/http/chunked.hpp"
#include "nurt/http/message.hpp"
#include "nurt/http/response_parser.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/stream/stream.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nurt {
class event_loop;
}

namespace nurt::http::detail {

struct pool_origin;

// What a connection waits for, and what therefore has failed when its time is up.
enum class exchange_phase : std::uint8_t { idle, write, head, body };

// Why an exchange ended early. Thrown inside the client, never at its users.
struct exchange_failure {
    enum class kind : std::uint8_t {
        timed_out,  // the phase's limit
        too_late,   // the limit of the whole request
        closed,     // the server closed
        broken,     // the connection failed
        malformed,  // what came is not HTTP
        too_large   // the body is over the request's limit
    };
    kind what;
    exchange_phase when;
    std::string text;
    bool unanswered = false;  // not a byte had come back
};

// Told about connections that nobody uses.
class idle_listener {
public:
    // The connection is of no use any more: it was idle for too long, its server closed it or said
    // something unasked, or the loop ends. Destroys it.
    virtual void idle_ended(class client_connection& c) noexcept = 0;

protected:
    ~idle_listener() = default;
};

struct origin_link : list_link {};
struct age_link : list_link {};

struct exchange_limits {
    duration head;
    duration read;
    duration write;
    instant total;
};

class client_connection final : public origin_link, public age_link, public timer_node {
public:
    client_connection(event_loop& loop, stream s, pool_origin& origin);
    ~client_connection();

    // Sends a request and reads the head of its answer; interim answers are skipped. head may be
    // longer than the head: a small body stands behind it. Throws exchange_failure.
    coro<> exchange(std::string_view head, std::string_view body, std::string_view method,
                    exchange_limits limits);

    // Valid until the body is looked at.
    response_head head() const noexcept { return parser_.head(buffer_.data() + head_at_); }
    const framing& body() const noexcept { return framing_; }

    // Moves what has come of the body to `out`. True: that was the end of it. Throws
    // exchange_failure.
    bool take_body(std::string& out);
    // The next piece, at least one byte unless the body ends; true at the end.
    coro<bool> receive_body(std::string& out);
    // All of it.
    coro<> receive_all(std::string& out, std::uint64_t most);

    bool finished() const noexcept { return finished_; }
    // Whether another request may be sent.
    bool reusable() const noexcept {
        return finished_ && keep_alive_ && !timed_out_ && begin_ == end_;
    }
    // Says that there will be no other request, whatever the server thinks.
    void last_request() noexcept { keep_alive_ = false; }
    std::uint32_t exchanges() const noexcept { return exchanges_; }
    instant sent_at() const noexcept { return sent_at_; }
    instant answered_at() const noexcept { return answered_at_; }

    // False: something has come already, be it the end of the stream.
    bool quiet();
    // Watches the connection, which is quiet, until it is used again.
    void rest(duration most, idle_listener& listener);
    // False: it has ended meanwhile, and is only good for being destroyed.
    bool wake() noexcept;

    pool_origin& origin() const noexcept { return origin_; }

    void expire() noexcept override;
    void discard() noexcept override;

private:
    class watcher;

    void watch_ended() noexcept;

    void limit(exchange_phase phase, instant when) noexcept;
    void arm() noexcept;
    std::span<char> room(std::size_t least);
    coro<> send(std::string_view rest, std::string& why);
    void could_not_send(const error& e, std::string& why);
    bool read_head(std::string_view method);
    void start_body(const response_head& head);
    void take_length(std::string& out);
    void take_chunks(std::string& out);
    coro<> receive_into(std::string& out);
    void end_of_stream();
    [[noreturn]] void fail(const char* what);
    [[noreturn]] void fail_closed();
    [[noreturn]] void fail_malformed(const char* why);
    [[noreturn]] void fail_unanswered(const std::string& unsent);
    std::string_view received() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }

    event_loop& loop_;
    stream stream_;
    pool_origin& origin_;
    idle_listener* listener_ = nullptr;
    std::unique_ptr<watcher> watcher_;  // made for the first rest

    instant deadline_ = instant::never();  // of the phase or of the request, whichever is earlier
    exchange_limits limits_{};
    instant sent_at_;
    instant answered_at_;
    exchange_phase phase_ = exchange_phase::idle;
    bool timed_out_ = false;
    bool watched_ = false;
    bool keep_alive_ = true;
    bool finished_ = true;
    bool answered_ = false;  // a byte of the answer has come
    std::uint32_t exchanges_ = 0;
    std::uint32_t interim_ = 0;  // answers before the answer

    response_parser parser_;
    std::unique_ptr<chunk_decoder> chunks_;  // few connections need one
    framing framing_;
    std::uint64_t left_ = 0;  // of a body of known length
    std::uint64_t got_ = 0;   // bytes of the body
    std::string buffer_;      // its size is the capacity
    std::size_t begin_ = 0;   // what was received and not yet taken
    std::size_t end_ = 0;
    std::size_t head_at_ = 0;
};

// "2.5 s", for messages.
std::string limit_text(duration d);

using connection_ptr = std::unique_ptr<client_connection>;

}  // namespace nurt::http::detail

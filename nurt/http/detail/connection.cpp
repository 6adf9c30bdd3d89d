// SPDX-License-Identifier: MIT
// nurt/http/detail/connection.cpp: the life of a connection.
#include "nurt/http/detail/connection.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/http/status.hpp"

#include <cstring>
#include <exception>
#include <utility>

namespace nurt::http::detail {

namespace {

constexpr duration linger_time = seconds(2);       // for the client to read the last reply
constexpr std::size_t most_output = 64 * 1024;     // replies that may wait for each other
constexpr std::size_t most_idle_input = 8 * 1024;  // memory an idle connection may keep
constexpr std::size_t most_idle_output = 16 * 1024;

}  // namespace

connection::connection(service& shared, std::unique_ptr<byte_stream> bytes,
                       std::string_view received)
    : service_(shared),
      io_(std::move(bytes), event_loop::running(), shared.options.write_stall),
      task_(current_task()),
      parser_(shared.options.head),
      request_(*this) {
    const instant now = io_.loop().time();
    head_by_ = now + service_.options.head_time;
    if (!received.empty()) {
        std::memcpy(io_.input.room(received.size()).data, received.data(), received.size());
        io_.input.filled(received.size());
    }
    service_.admit(*this, now);
}

connection::~connection() {
    unlink();
    --service_.statistics.connections;
}

coro<> connection::serve() {
    co_await finally([this] { return run(); }, [this] { return finish(); });
}

coro<> connection::finish() {
    io_.watch(nullptr);
    io_.close(aborted_ ? io::closing::abort : io::closing::flush);
    co_await io_.quiet();
}

void connection::stop() noexcept {
    if (idle_) io_.stop_waiting();
}

void connection::hurry(instant until) noexcept {
    if (idle_) io_.wait_at_most_until(until);
}

// Replies wait in the output as long as there are requests in the input, and leave together.
coro<> connection::run() {
    do {
        const std::string_view received = io_.input.view();
        const progress state = parser_.parse(received);
        if (state == progress::need_more) {
            co_await io_.flush_before_fill();
            idle_ = parser_.idle();
            if (io_.broken() || (idle_ && service_.stopping)) co_return;
            const input_event event = co_await io_.fill(received.size(), head_deadline());
            if (event == input_event::data) continue;
            if (event != input_event::timed_out || std::exchange(idle_, false)) co_return;
            refuse({status::request_timeout, "the head of the request took too long"});
        } else if (state == progress::failed) {
            refuse(parser_.error());
        } else {
            begin_request();
            try {
                reply_ = co_await timeout(
                    time_limit(), [this](timeout_state& scope) { return call_handler(scope); });
            } catch (const cancelled_error&) {
                if (!io_.ended()) throw;
                gone_ = true;
            } catch (const std::exception& error) {
                handler_failed(error);
            }
            end_handler();
            if (gone_) co_return;
            send_reply();
            if (streams()) co_await send_stream();
            if (aborted_) co_return;
            if (!body_done_ && keep_) keep_ = co_await skip_body();
            end_request();
        }
        if (io_.output.size() > most_output) co_await io_.flush();
        const bool may_go_on = io_.loop().spend_budget();
        if (!may_go_on) co_await sleep(duration::zero());
    } while (keep_);
    co_await linger();
}

// Ten seconds for a head, however slowly it comes; between requests there is more time.
instant connection::head_deadline() noexcept {
    const server_options& options = service_.options;
    if (head_by_ == instant::never()) {
        if (parser_.idle()) {
            return io_.loop().cached_time() +
                   (service_.crowded() ? options.keep_alive_crowded : options.keep_alive);
        }
        head_by_ = io_.loop().time() + options.head_time;
    }
    return head_by_;
}

void connection::begin_request() {
    idle_ = false;
    head_by_ = instant::never();
    head_sent_ = false;
    request_.head_ = parser_.head();
    ++service_.statistics.requests;
    io_.input.pin();
    io_.input.drop(parser_.size());
    begin_body();
    if (!io_.output.empty()) io_.flush_soon();
    io_.read_ahead(worth_reading());
}

// Not a coroutine: its caller's scope starts the handler.
coro<reply> connection::call_handler(timeout_state& scope) {
    if (request_.head_.method == "CONNECT") {
        throw refusal(status::not_implemented, "this server is no proxy");
    }
    coro<reply> work = service_.answer(request_);
    ++service_.statistics.handlers;
    in_handler_ = true;
    io_.watch(&scope);
    return work;
}

void connection::end_handler() noexcept {
    io_.watch(nullptr);
    if (std::exchange(in_handler_, false)) --service_.statistics.handlers;
}

void connection::handler_failed(const std::exception& error) {
    gone_ = io_.ended();
    if (gone_) return;
    if (const auto* answer = dynamic_cast<const refusal*>(&error)) {
        error_reply(answer->status(), error.what());
        return;
    }
    ++service_.statistics.failed;
    report("unhandled error in the handler of a request");
    error_reply(status::internal_server_error, {});
}

void connection::report(const char* message) noexcept {
    error_context context;
    context.message = message;
    context.error = std::current_exception();
    io_.loop().call_exception_handler(context);
}

// Answers what is not a request, once.
void connection::refuse(const parse_error& why) {
    ++service_.statistics.refused;
    request_.head_ = {};
    keep_ = false;
    lingers_ = true;
    error_reply(why.status, why.text);
    send_reply();
}

void connection::end_request() noexcept {
    io_.input.drop(std::exchange(piece_size_, 0));
    io_.input.unpin();
    if (io_.input.empty() && io_.input.capacity() > most_idle_input && io_.stop_reading()) {
        io_.input.release();
    }
    if (io_.output.capacity() > most_idle_output && io_.output.empty()) {
        std::string().swap(io_.output);
    }
    parser_.reset();
    reply_ = reply();
}

// Closing while the client still sends would reset the connection, and the client might never see
// the last reply. So it is given a moment to read that and hang up. Source: RFC 9112 section 9.6.
coro<> connection::linger() {
    co_await io_.flush();
    if (io_.broken() || !lingers_ || io_.shutdown_write() < 0) co_return;
    const instant until = io_.loop().time() + linger_time;
    for (;;) {
        io_.input.drop(io_.input.size());
        const input_event event = co_await io_.fill(0, until);
        if (event != input_event::data) co_return;
    }
}

}  // namespace nurt::http::detail

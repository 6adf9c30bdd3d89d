// SPDX-License-Identifier: MIT
// nurt/http/detail/connection_body.cpp: reading the body of a request.
#include "nurt/http/detail/connection.hpp"

#include "nurt/base/error.hpp"
#include "nurt/http/status.hpp"

#include <algorithm>
#include <cerrno>

namespace nurt::http::detail {

namespace {

constexpr std::size_t usual_room = 512;
constexpr std::size_t most_room = 32 * 1024;  // for one read of a long body
constexpr std::uint64_t most_skipped = 64 * 1024;

}  // namespace

void connection::begin_body() {
    const request_head& head = request_.head_;
    body_received_ = 0;
    body_left_ = head.body.length;
    body_limit_ = service_.options.body;
    body_waited_ = duration::zero();
    body_broken_ = false;
    body_done_ =
        head.body.how == framing::kind::none || head.body == framing{framing::kind::length, 0};
    owes_continue_ = head.expect_continue && !body_done_;
    if (head.body.how != framing::kind::chunked) return;
    if (decoder_) {
        decoder_->reset();
    } else {
        decoder_ = std::make_unique<chunk_decoder>(service_.options.head);
    }
}

// How much room the next read is worth.
std::size_t connection::worth_reading() const noexcept {
    if (body_done_) return usual_room;
    if (decoder_ && request_.head_.body.how == framing::kind::chunked) return usual_room * 8;
    const std::uint64_t missing =
        body_left_ - std::min<std::uint64_t>(body_left_, io_.input.size());
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(missing, usual_room, most_room));
}

void connection::body_failed(int status, const char* why) {
    body_broken_ = true;
    ++service_.statistics.refused;
    throw refusal(status, why);
}

// What is in the input of the body, or nothing. Throws refusal.
std::string_view connection::next_piece() {
    io_.input.drop(std::exchange(piece_size_, 0));
    if (body_done_) return {};
    if (request_.head_.body.how == framing::kind::chunked) return next_chunk_piece();
    if (request_.head_.body.length > body_limit_) {
        body_failed(status::content_too_large, "the body is larger than the limit");
    }
    const std::string_view piece = io_.input.view().substr(
        0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, io_.input.size())));
    piece_size_ = piece.size();
    body_left_ -= piece.size();
    body_received_ += piece.size();
    body_done_ = body_left_ == 0;
    return piece;
}

std::string_view connection::next_chunk_piece() {
    while (!io_.input.empty()) {
        const chunk_decoder::step step = decoder_->next(io_.input.view());
        if (step.state == progress::failed) {
            body_failed(decoder_->error().status, decoder_->error().text);
        }
        body_done_ = step.state == progress::done;
        body_received_ += step.data.size();
        if (body_received_ > body_limit_) {
            body_failed(status::content_too_large, "the body is larger than the limit");
        }
        if (!step.data.empty()) {
            piece_size_ = step.consumed;
            return step.data;
        }
        io_.input.drop(step.consumed);
        if (body_done_) break;
    }
    return {};
}

// Idle for some seconds, or all in all slower than a modem: only the time that we wait counts.
instant connection::body_deadline() noexcept {
    const server_options& options = service_.options;
    duration most = options.body_idle;
    if (options.body_rate != 0) {
        const double earned = static_cast<double>(body_received_) / options.body_rate;
        most = std::min(most, options.body_grace + seconds(earned) - body_waited_);
    }
    return io_.loop().time() + most;
}

// Source: RFC 9110 section 10.1.1.
coro<> connection::ask_for_body() {
    owes_continue_ = false;
    io_.output += "HTTP/1.1 100 Continue\r\n\r\n";
    co_await io_.flush();
}

coro<std::string_view> connection::read_piece() {
    for (;;) {
        const std::string_view piece = next_piece();
        if (!piece.empty() || body_done_) co_return piece;
        if (owes_continue_ && !head_sent_) co_await ask_for_body();
        io_.read_ahead(worth_reading());
        const instant before = io_.loop().cached_time();
        const input_event event = co_await io_.fill(0, body_deadline());
        body_waited_ = body_waited_ + (io_.loop().cached_time() - before);
        if (event == input_event::timed_out) {
            body_failed(status::request_timeout, "the body of the request took too long");
        }
        if (event == input_event::end) {
            throw os_error(ECONNRESET, "read the body of a request from " + bytes().peer_name());
        }
    }
}

// Whether the rest of the body may be short enough to skip.
bool connection::skippable() const noexcept {
    if (body_done_) return true;
    if (body_broken_ || (owes_continue_ && io_.input.empty())) return false;
    return request_.head_.body.how == framing::kind::chunked || body_left_ <= most_skipped;
}

// False: what follows is not the next request.
coro<bool> connection::skip_body() {
    body_limit_ = body_received_ + most_skipped;
    owes_continue_ = false;
    if (request_.head_.body.how == framing::kind::length) body_limit_ = ~std::uint64_t{0};
    try {
        co_await io_.flush();
        while (!body_done_) {
            co_await read_piece();
        }
    } catch (const std::exception&) {  // the reply is on its way, there is nobody to tell
        lingers_ = true;
        co_return false;
    }
    co_return true;
}

}  // namespace nurt::http::detail

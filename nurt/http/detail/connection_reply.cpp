// SPDX-License-Identifier: MIT
// nurt/http/detail/connection_reply.cpp: sending the reply.
#include "nurt/http/detail/connection.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/status.hpp"
#include "nurt/http/writer.hpp"

#include <cerrno>
#include <exception>
#include <string>

namespace nurt::http::detail {

void connection::error_reply(int status, std::string_view text) {
    std::string body(text.empty() ? reason_phrase(status) : text);
    body += '\n';
    reply_ = reply(std::move(body));
    reply_.status(status);
}

// Appends the reply to the output; of a streamed one the head only.
void connection::send_reply() {
    try {
        check_length();
    } catch (const usage_error&) {
        ++service_.statistics.failed;
        report("the reply to a request cannot be sent");
        error_reply(status::internal_server_error, {});
    }
    decide_framing();
    head_sent_ = true;
    write_head();
    if (sends_body_ && !reply_.source_) io_.output += reply_.body_;
}

// The answer to HEAD may announce a length without having the body.
void connection::check_length() const {
    const bool fits = reply_.length_ == reply::unknown || reply_.source_ ||
                      reply_.length_ == reply_.body_.size() || request_.head_.method == "HEAD";
    if (!fits) {
        throw usage_error("Content-Length: " + std::to_string(reply_.length_) + " for a body of " +
                          std::to_string(reply_.body_.size()) + " bytes");
    }
}

// Source: RFC 9112 section 6.3.
void connection::decide_framing() noexcept {
    const request_head& head = request_.head_;
    const bool known = reply_.length_ != reply::unknown;
    sends_body_ = head.method != "HEAD" && !forbids_body(reply_.status_);
    reply_length_ = known ? reply_.length_ : reply_.body_.size();
    if (forbids_body(reply_.status_)) {
        delimiter_ = delimiter::none;
    } else if (known || !reply_.source_) {
        delimiter_ = delimiter::length;
    } else {
        delimiter_ = head.minor_version > 0 ? delimiter::chunks : delimiter::close;
    }
    keep_ = keep_ && head.keep_alive && !reply_.close_ && !service_.stopping &&
            delimiter_ != delimiter::close;
    if (!skippable()) {
        keep_ = false;
        lingers_ = true;
    }
}

void connection::write_head() {
    std::string& out = io_.output;
    const http::headers& fields = reply_.headers_;
    append_status_line(out, reply_.status_);
    if (fields.empty() || !fields.contains("Date")) out += service_.date.line(io_.loop());
    if (reply_.type_ != nullptr && (fields.empty() || !fields.contains("Content-Type"))) {
        out.append("Content-Type: ").append(reply_.type_).append("\r\n");
    }
    if (delimiter_ == delimiter::length) append_content_length(out, reply_length_);
    if (delimiter_ == delimiter::chunks) out += "Transfer-Encoding: chunked\r\n";
    out += fields.wire();
    if (!keep_) {
        out += "Connection: close\r\n";
    } else if (request_.head_.minor_version == 0) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

coro<> connection::send_stream() {
    body_writer writer(*this);
    bool ended = false;
    try {
        co_await timeout(time_limit(), [this, &writer](timeout_state& scope) {
            coro<> work = reply_.source_(writer);
            io_.watch(&scope);
            return work;
        });
        ended = true;
    } catch (const cancelled_error&) {
        if (!io_.ended()) {
            aborted_ = true;
            throw;
        }
    } catch (const std::exception& error) {
        stream_failed(error);
    }
    io_.watch(nullptr);
    if (ended) {
        end_stream(writer.written());
    } else {
        aborted_ = true;
    }
}

void connection::end_stream(std::uint64_t written) {
    if (delimiter_ == delimiter::chunks) append_last_chunk(io_.output);
    if (delimiter_ != delimiter::length || written == reply_length_) return;
    try {
        throw usage_error("the body of a reply is " + std::to_string(written) + " bytes long, " +
                          std::to_string(reply_length_) + " were announced");
    } catch (const usage_error& error) {
        stream_failed(error);
    }
    aborted_ = true;
}

void connection::stream_failed(const std::exception&) {
    if (io_.ended() || io_.broken()) return;
    ++service_.statistics.failed;
    report("unhandled error in the body of a reply");
}

coro<> connection::write_piece(std::uint64_t& written, std::string_view data) {
    if (delimiter_ == delimiter::length && data.size() > reply_length_ - written) {
        throw usage_error("more bytes in the body of a reply than its Content-Length");
    }
    if (delimiter_ == delimiter::chunks) {
        append_chunk(io_.output, data);
    } else {
        io_.output += data;
    }
    written += data.size();
    co_await io_.flush();
    if (io_.broken()) throw os_error(EPIPE, "write to " + bytes().peer_name());
}

}  // namespace nurt::http::detail

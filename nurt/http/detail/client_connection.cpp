// SPDX-License-Identifier: MIT
// nurt/http/detail/client_connection.cpp: see the header.
#include "nurt/http/detail/client_connection.hpp"

#include "nurt/base/error.hpp"
#include "nurt/http/status.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/loop/event_loop.hpp"

#include <algorithm>
#include <utility>

namespace nurt::http::detail {

namespace {

// Most heads fit, and a thousand requests in flight cost one megabyte.
constexpr std::size_t first_buffer = 1024;
constexpr std::size_t body_buffer = 16 * 1024;
constexpr std::size_t direct_piece = 64 * 1024;
// A server that sends more interim answers than this wants to keep us busy.
constexpr std::uint32_t most_interim = 32;
// A write of more would not show whether the server takes anything.
constexpr std::size_t write_piece = 256 * 1024;
// A request of more might have to wait for room, and that has a limit of its own.
constexpr std::size_t most_together = 8 * 1024;
// For the answer to a request that could not be sent.
constexpr duration late_answer = seconds(1);

}  // namespace

// A read while nothing should come: it ends when the server closes. It may have ended, and be on its
// way through the ready queue, when the connection goes; then it goes alone.
class client_connection::watcher final : public io::operation,
                                         public ready_node,
                                         public timer_node {
public:
    explicit watcher(client_connection& c) noexcept : loop_(c.loop_), connection_(&c) {
        code = io::opcode::receive;
        data = &byte_;
        size = 1;
    }

    // False: too late.
    static bool stop(std::unique_ptr<watcher>& w, byte_stream& bytes) noexcept {
        if (!w->queued_ && bytes.cancel(*w)) return true;
        watcher& alone = *w.release();
        alone.connection_ = nullptr;
        alone.loop_.timers().add(alone, instant::never());  // so that it hears of the loop's end
        return false;
    }

    void complete() noexcept override {
        queued_ = true;
        loop_.push_ready(*this);
    }
    void run() noexcept override {
        if (connection_ != nullptr) {
            queued_ = false;
            connection_->watch_ended();  // takes this one along
            return;
        }
        if (armed()) loop_.timers().remove(*this);
        const std::unique_ptr<watcher> last(this);
    }
    void expire() noexcept override {}
    void discard() noexcept override { run(); }  // of ready_node and of timer_node

private:
    event_loop& loop_;
    client_connection* connection_;
    bool queued_ = false;
    char byte_ = 0;
};

std::string limit_text(duration d) {
    std::string text = std::to_string(d.seconds());
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + " s";
}

client_connection::client_connection(event_loop& loop, stream s, pool_origin& origin)
    : loop_(loop), stream_(std::move(s)), origin_(origin) {}

client_connection::~client_connection() {
    wake();
    if (armed()) loop_.timers().remove(*this);
}

// Deadlines.

void client_connection::limit(exchange_phase phase, instant when) noexcept {
    phase_ = phase;
    deadline_ = std::min(when, limits_.total);
    arm();
}

// Always armed, if only for ever: so the end of the loop is heard of.
void client_connection::arm() noexcept {
    if (armed()) {
        if (loop_.timers().deadline(*this) <= deadline_) return;
        loop_.timers().remove(*this);
    }
    loop_.timers().add(*this, deadline_);
}

void client_connection::expire() noexcept {
    if (deadline_ > loop_.cached_time()) {
        loop_.timers().add(*this, deadline_);
    } else if (phase_ == exchange_phase::idle) {
        if (listener_ != nullptr) listener_->idle_ended(*this);
    } else {
        timed_out_ = true;
        stream_.abort();
    }
}

void client_connection::discard() noexcept {
    if (listener_ != nullptr) listener_->idle_ended(*this);
}

// Between exchanges.

void client_connection::rest(duration most, idle_listener& listener) {
    listener_ = &listener;
    limits_.total = instant::never();
    limit(exchange_phase::idle, loop_.cached_time() + most);
    if (buffer_.size() > body_buffer) {
        buffer_ = {};
    }
    begin_ = end_ = 0;
    watched_ = true;
    stream_.shared()->bytes->submit(*watcher_);
}

void client_connection::watch_ended() noexcept {
    watched_ = false;
    listener_->idle_ended(*this);
}

bool client_connection::quiet() {
    if (!watcher_) watcher_ = std::make_unique<watcher>(*this);
    return !stream_.shared()->bytes->try_now(*watcher_);
}

bool client_connection::wake() noexcept {
    listener_ = nullptr;
    return !std::exchange(watched_, false) || watcher::stop(watcher_, *stream_.shared()->bytes);
}

// The exchange.

coro<> client_connection::exchange(std::string_view head, std::string_view body,
                                   std::string_view method, exchange_limits limits) {
    limits_ = limits;
    finished_ = answered_ = false;
    got_ = 0;
    parser_.reset(method);
    interim_ = 0;
    std::string why;  // the request could not be sent
    const bool together = body.empty() && head.size() <= most_together;
    if (!together) {
        co_await send(head, why);
        co_await send(body, why);
    }
    sent_at_ = loop_.time();
    ++exchanges_;
    limit(exchange_phase::head, sent_at_ + limits_.head);
    for (bool asks = together; asks || !read_head(method); asks = false) {
        std::size_t got = 0;
        try {
            if (asks) {
                got = co_await stream_.exchange(head, room(first_buffer));
            } else {
                got = co_await stream_.read_some(room(first_buffer));
            }
        } catch (const error& e) {
            // A server that refuses a body closes without reading it, and its answer may have come;
            // if it has not, the failure of sending is what there is to tell.
            if (asks ? timed_out_ || !stream_.shared()->unsent : why.empty()) fail(e.what());
            if (asks) {
                could_not_send(e, why);
                limit(exchange_phase::head, loop_.cached_time() + limits_.head);
                continue;
            }
        }
        end_ += got;
        if (got == 0) fail_unanswered(why);
        if (!std::exchange(answered_, true)) {
            answered_at_ = std::max(sent_at_, loop_.cached_time());
        }
    }
}

coro<> client_connection::send(std::string_view rest, std::string& why) {
    try {
        while (!rest.empty() && why.empty()) {
            limit(exchange_phase::write, loop_.cached_time() + limits_.write);
            rest.remove_prefix(co_await stream_.write_some(rest.substr(0, write_piece)));
        }
    } catch (const error& e) {
        if (timed_out_) fail("");
        could_not_send(e, why);
    }
}

// Now only an answer that is on its way can come, if it comes at all. A server that waits for the rest
// hears that there is none.
void client_connection::could_not_send(const error& e, std::string& why) {
    why = e.what();
    keep_alive_ = false;
    limits_.head = std::min(limits_.head, late_answer);
    if (!stream_.is_closed()) stream_.shared()->bytes->shutdown_write();
}

// Where to read to, at least so much.
std::span<char> client_connection::room(std::size_t least) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (buffer_.size() < least) buffer_.resize(least);
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    return {buffer_.data() + end_, buffer_.size() - end_};
}

// True: the head is there, and it is no interim one.
bool client_connection::read_head(std::string_view method) {
    while (begin_ != end_) {
        const progress step = parser_.parse(received());
        if (step == progress::need_more) return false;
        if (step == progress::failed) fail_malformed(parser_.error().text);
        const response_head head = parser_.head(buffer_.data() + begin_);
        head_at_ = begin_;
        begin_ += parser_.size();
        if (!is_informational(head.status) || head.status == status::switching_protocols) {
            start_body(head);
            return true;
        }
        if (++interim_ == most_interim) fail_malformed("too many interim answers");
        parser_.reset(method);
    }
    return false;
}

void client_connection::start_body(const response_head& head) {
    framing_ = head.body;
    keep_alive_ = keep_alive_ && head.keep_alive && !head.upgrade;
    left_ = framing_.length;
    if (framing_.how == framing::kind::chunked) {
        if (chunks_) {
            chunks_->reset();
        } else {
            chunks_ = std::make_unique<chunk_decoder>(client_limits);
        }
    }
    finished_ = framing_.how == framing::kind::none ||
                (framing_.how == framing::kind::length && left_ == 0);
}

// The body.

bool client_connection::take_body(std::string& out) {
    if (finished_) return true;
    const std::size_t before = out.size();
    switch (framing_.how) {
        case framing::kind::none: finished_ = true; break;
        case framing::kind::length: take_length(out); break;
        case framing::kind::chunked: take_chunks(out); break;
        case framing::kind::until_close:
            out += received();
            begin_ = end_;
            break;
    }
    got_ += out.size() - before;
    return finished_;
}

void client_connection::take_length(std::string& out) {
    const auto there = static_cast<std::size_t>(std::min<std::uint64_t>(left_, end_ - begin_));
    out.append(buffer_, begin_, there);
    begin_ += there;
    left_ -= there;
    finished_ = left_ == 0;
}

void client_connection::take_chunks(std::string& out) {
    while (begin_ != end_ && !finished_) {
        const chunk_decoder::step step = chunks_->next(received());
        if (step.state == progress::failed) {
            fail_malformed(chunks_->error().text);
        }
        out += step.data;
        begin_ += step.consumed;
        finished_ = step.state == progress::done;
    }
}

coro<bool> client_connection::receive_body(std::string& out) {
    const std::size_t before = out.size();
    while (!take_body(out) && out.size() == before) {
        limit(exchange_phase::body, loop_.cached_time() + limits_.read);
        if (framing_.how == framing::kind::length && left_ >= body_buffer) {
            co_await receive_into(out);
            continue;
        }
        std::size_t got = 0;
        try {
            got = co_await stream_.read_some(room(body_buffer));
        } catch (const error& e) {
            fail(e.what());
        }
        end_ += got;
        if (got == 0) end_of_stream();
    }
    co_return finished_&& out.size() == before;
}

// Straight to where it belongs; the buffer is empty.
coro<> client_connection::receive_into(std::string& out) {
    const std::size_t before = out.size();
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left_, direct_piece));
    out.resize(before + piece);
    std::size_t got = 0;
    try {
        got = co_await stream_.read_some(std::span(out.data() + before, piece));
    } catch (const error& e) {
        fail(e.what());
    }
    out.resize(before + got);
    left_ -= got;
    got_ += got;
    finished_ = left_ == 0;
    if (got == 0) end_of_stream();
}

coro<> client_connection::receive_all(std::string& out, std::uint64_t most) {
    // What the server announces is only a hint: it need not send it.
    constexpr std::uint64_t most_reserved = 1 << 20;
    if (framing_.how == framing::kind::length) {
        out.reserve(static_cast<std::size_t>(std::min(framing_.length, most_reserved)));
    }
    const auto check = [&](std::uint64_t size) {
        if (size > most) {
            throw exchange_failure{exchange_failure::kind::too_large, exchange_phase::body,
                                   "the body is longer than " + std::to_string(most) + " bytes"};
        }
    };
    check(framing_.how == framing::kind::length ? framing_.length : 0);
    while (!finished_) {
        co_await receive_body(out);
        check(out.size());
    }
}

// Errors.

void client_connection::fail_malformed(const char* why) {
    throw exchange_failure{exchange_failure::kind::malformed, phase_, why};
}

void client_connection::fail_unanswered(const std::string& unsent) {
    if (unsent.empty()) fail_closed();
    throw exchange_failure{exchange_failure::kind::broken, exchange_phase::write, unsent,
                           !answered_};
}

void client_connection::end_of_stream() {
    keep_alive_ = false;
    if (framing_.how != framing::kind::until_close) fail_closed();
    finished_ = true;
}

void client_connection::fail_closed() {
    std::string text = "the server closed the connection ";
    if (phase_ == exchange_phase::head) {
        text += answered_ ? "in the head of its answer" : "without an answer";
    } else {
        text += "after " + std::to_string(got_);
        if (framing_.how == framing::kind::length) {
            text += " of " + std::to_string(framing_.length);
        }
        text += " bytes of the body";
    }
    throw exchange_failure{exchange_failure::kind::closed, phase_, std::move(text), !answered_};
}

void client_connection::fail(const char* what) {
    if (!timed_out_) {
        throw exchange_failure{exchange_failure::kind::broken, phase_, what, !answered_};
    }
    if (deadline_ == limits_.total) {
        throw exchange_failure{exchange_failure::kind::too_late, phase_, {}, !answered_};
    }
    const char* text = phase_ == exchange_phase::write  ? "the server took nothing for "
                       : phase_ == exchange_phase::head ? "no answer within "
                                                        : "nothing more of the body for ";
    const duration passed = phase_ == exchange_phase::write  ? limits_.write
                            : phase_ == exchange_phase::head ? limits_.head
                                                             : limits_.read;
    throw exchange_failure{exchange_failure::kind::timed_out, phase_, text + limit_text(passed),
                           !answered_};
}

}  // namespace nurt::http::detail

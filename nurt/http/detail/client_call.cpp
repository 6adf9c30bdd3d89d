// SPDX-License-Identifier: MIT
// nurt/http/detail/client_call.cpp: see the header.
#include "nurt/http/detail/client_call.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/method.hpp"
#include "nurt/http/status.hpp"
#include "nurt/http/writer.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/tls/tls.hpp"

#include <algorithm>
#include <cerrno>

namespace nurt::http::detail {

namespace {

// A body up to this size goes out together with its head.
constexpr std::size_t joined_body = 16 * 1024;
// To keep a connection, so much of the body of a redirect is read.
constexpr std::uint64_t drained_body = 64 * 1024;

// Permission to connect; given up unless it turned into a connection.
class place {
public:
    place(connection_pool& pool, pool_origin& origin) noexcept : pool_(pool), origin_(&origin) {}
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() {
        if (origin_ != nullptr) pool_.give_up(*origin_);
    }
    pool_origin& use() noexcept { return *std::exchange(origin_, nullptr); }

private:
    connection_pool& pool_;
    pool_origin* origin_;
};

coro<connection_ptr> take_turn(connection_pool& pool, pool_origin& origin) {
    co_return co_await pool.wait(origin);
}

}  // namespace

client_call::client_call(std::shared_ptr<client_core> core, std::unique_ptr<request_data> request)
    : core_(std::move(core)),
      request_(std::move(request)),
      loop_(core_->loop()),
      to_(core_->resolve(*request_)),
      limits_(request_->has_timeouts ? request_->limits : core_->defaults().limits),
      start_(loop_.time()),
      total_(start_ + limits_.total),
      trusted_(core_->trusts(to_)) {}

coro<> client_call::open(response& r) {
    for (bool again = true; again;) {
        co_await exchange();
        r.keep(connection_->head());
        r.url_ = to_.str();
        r.method_ = request_->method;
        phases_.send = connection_->sent_at() - begin_ - phases_.pool - phases_.dns -
                       phases_.connect - phases_.tls;
        phases_.wait = connection_->answered_at() - connection_->sent_at();
        r.phases_ = phases_;
        core_->after(r);
        again = follow(r);
        if (again) co_await drain();
    }
    r.history_ = std::move(history_);
}

bool client_call::finish_now(response& r) {
    if (request_->body_limit != request_data::no_limit) return false;
    try {
        if (!connection_->take_body(r.body_)) return false;
    } catch (const exchange_failure& f) {
        fail(f);
    }
    done(r);
    return true;
}

coro<> client_call::finish(response& r) {
    try {
        co_await connection_->receive_all(r.body_, request_->body_limit);
    } catch (const exchange_failure& f) {
        fail(f);
    }
    done(r);
}

coro<std::string> client_call::read() {
    std::string piece;
    if (!connection_) co_return piece;
    try {
        co_await connection_->receive_body(piece);
    } catch (const exchange_failure& f) {
        fail(f);
    }
    if (connection_->finished()) connection_.give_back();
    co_return piece;
}

void client_call::done(response& r) noexcept {
    const instant end = std::max(loop_.cached_time(), connection_->answered_at());
    r.phases_.receive = end - connection_->answered_at();
    r.elapsed_ = end - start_;
    connection_.give_back();
}

// One exchange.

coro<> client_call::exchange() {
    begin_ = loop_.time();
    phases_ = {};
    core_->before({.method = request_->method, .url = to_.str(), .fields = request_->fields});
    const std::string head = make_head();
    const bool apart = request_->body.size() > joined_body;
    for (bool again = true; again;) {
        if (fresh_ || !take_kept()) co_await connect();
        again = false;
        try {
            co_await connection_->exchange(
                head, apart ? std::string_view(request_->body) : std::string_view(),
                request_->method, {limits_.head, limits_.read, limits_.write, total_});
        } catch (const exchange_failure& f) {
            again = may_repeat(f);
            if (!again) fail(f);
        }
        if (again) {
            connection_.give_back();
            fresh_ = true;
        }
    }
    if (request_->fields.lists("Connection", "close")) connection_->last_request();
}

// Only where the server cannot have acted on the request, or may act on it twice.
bool client_call::may_repeat(const exchange_failure& f) const noexcept {
    using kind = exchange_failure::kind;
    return (f.what == kind::closed || f.what == kind::broken) && f.unanswered &&
           connection_->exchanges() > 1 && !fresh_ && is_idempotent(request_->method);
}

std::string client_call::make_head() {
    const request_data& r = *request_;
    std::string head;
    head.reserve(256 + to_.str().size() + r.fields.wire().size() +
                 (r.body.size() <= joined_body ? r.body.size() : 0));
    append_request_line(head, r.method, to_.target());
    if (!r.fields.contains("Host")) {
        head.append("Host: ").append(to_.authority()).append("\r\n");
    }
    core_->append_defaults(head, r.fields, trusted_);
    head += r.fields.wire();
    if (r.has_body || expects_body(r.method)) append_content_length(head, r.body.size());
    head += "\r\n";
    if (r.body.size() <= joined_body) head += r.body;
    return head;
}

// Connections.

bool client_call::take_kept() {
    connection_pool& pool = core_->pool;
    if (connection_ptr c = pool.try_take(pool.origin(to_.origin()))) {
        connection_ = connection_lease(pool, std::move(c));
    }
    return static_cast<bool>(connection_);
}

coro<> client_call::connect() {
    connection_pool& pool = core_->pool;
    if (pool.is_closed()) throw usage_error("the http::client is closed");
    if (fresh_) pool.drop_idle(pool.origin(to_.origin()));
    while (!connection_) {
        pool_origin& origin = pool.origin(to_.origin());
        if (!pool.try_open(origin, loop_.cached_time())) {
            connection_ptr got = co_await wait_for_place(origin);
            phases_.pool = loop_.time() - begin_;
            if (got) {
                connection_ = connection_lease(pool, std::move(got));
                co_return;
            }
        }
        co_await connect_to(origin);
    }
}

coro<connection_ptr> client_call::wait_for_place(pool_origin& origin) {
    try {
        co_return co_await wait_for(take_turn(core_->pool, origin), left(limits_.pool));
    } catch (const nurt::timeout_error&) {
        fail_late<pool_timeout>("no connection became free within ", limits_.pool);
    }
}

// With a permission to connect. False: the process has no descriptor left, and there will be one when
// a connection has been closed.
coro<bool> client_call::connect_to(pool_origin& origin) {
    connection_pool& pool = core_->pool;
    place mine(pool, origin);
    bool no_descriptor = false;
    stream s = co_await make_connection(no_descriptor);
    if (no_descriptor) {
        if (pool.statistics().idle != 0) {
            pool.drop_idle();
        } else if (!pool.shrink(loop_.cached_time())) {
            fail<connect_error>("connect " + std::string(to_.authority()) +
                                ": Too many open files");
        }
        co_return false;
    }
    auto made = std::make_unique<client_connection>(loop_, std::move(s), mine.use());
    connection_ = connection_lease(pool, std::move(made));
    co_return true;
}

coro<stream> client_call::make_connection(bool& no_descriptor) {
    const instant begin = loop_.time();
    target_ = connect_request();
    target_.host = to_.host();
    target_.port = to_.port();
    target_.https = to_.is_https();
    stream made;
    try {
        made = co_await wait_for(core_->transport().connect(target_), left(limits_.connect));
    } catch (const nurt::timeout_error&) {
        fail_late<connect_timeout>("no connection within ", limits_.connect);
    } catch (const os_error& e) {
        no_descriptor = e.number() == EMFILE || e.number() == ENFILE;
        if (!no_descriptor) fail<connect_error>(e.what());
    } catch (const error& e) {
        fail<connect_error>(e.what());
    }
    phases_.dns = target_.dns;
    phases_.connect = loop_.time() - begin - target_.dns;
    if (target_.https) made = co_await start_tls(std::move(made));
    co_return made;
}

coro<stream> client_call::start_tls(stream plain) {
    const instant begin = loop_.time();
    const tls::start_options how{.alpn = "http/1.1", .handshake_timeout = left(limits_.connect)};
    std::string name = target_.host;
    if (name.ends_with('.')) name.pop_back();  // no certificate has the root's dot
    try {
        plain = co_await tls::start(std::move(plain), std::move(name), core_->tls(), how);
    } catch (const nurt::timeout_error& e) {
        check_total();
        fail<connect_timeout>(e.what());
    } catch (const error& e) {
        fail<connect_error>(e.what());
    }
    phases_.tls = loop_.time() - begin;
    co_return plain;
}

// Redirects.

// True: there is another request to send.
bool client_call::follow(const response& r) {
    const int most =
        std::max(0, request_->redirects >= 0 ? request_->redirects : core_->defaults().redirects);
    const int s = r.status();
    const bool known = s == status::moved_permanently || s == status::found ||
                       s == status::see_other || s == status::temporary_redirect ||
                       s == status::permanent_redirect;
    const auto location = r.headers().find("Location");
    if (most == 0 || !known || !location) return false;
    if (history_.size() >= static_cast<std::size_t>(most)) {
        fail<too_many_redirects>("more than " + std::to_string(most) + " redirects");
    }
    try {
        redirect_to(to_.join(*location), s);
    } catch (const invalid_url& e) {
        fail<remote_protocol_error>(std::string("redirected to ") + e.what());
    }
    return true;
}

// RFC 9110 section 15.4: 303 becomes GET, 301 and 302 make a GET of a POST, as browsers do; 307 and
// 308 repeat the request as it was.
void client_call::redirect_to(url target, int status) {
    request_data& r = *request_;
    if (to_.is_https() && !target.is_https()) {
        fail<unsupported_protocol>("redirected to " + target.str() + ", where anybody can listen");
    }
    history_.push_back({.status = status, .url = to_.str()});
    const bool to_get =
        (status == status::see_other && r.method != "HEAD") ||
        ((status == status::moved_permanently || status == status::found) && r.method == "POST");
    if (to_get) {
        r.method = "GET";
        r.body.clear();
        r.has_body = false;
        r.fields.remove("Content-Type");
    }
    if (target.origin() != to_.origin()) {
        trusted_ = false;
        r.fields.remove("Authorization");
        r.fields.remove("Cookie");
        r.fields.remove("Host");
    }
    to_ = std::move(target);
    fresh_ = false;
}

coro<> client_call::drain() {
    std::string unread;
    try {
        co_await connection_->receive_all(unread, drained_body);
    } catch (const exchange_failure&) {
        // The connection will not be kept, that is all.
    }
    connection_.give_back();
}

// Errors.

duration client_call::left(duration phase) const {
    return std::min(phase, std::max(duration::zero(), total_ - loop_.time()));
}

template <class Error>
void client_call::fail(std::string_view why) const {
    throw Error(request_->method, to_.str(), why);
}

// Either the phase's time is up or that of the whole request.
template <class Timeout>
void client_call::fail_late(std::string_view what, duration limit) const {
    check_total();
    fail<Timeout>(std::string(what) + limit_text(limit));
}

void client_call::check_total() const {
    if (loop_.cached_time() >= total_) {
        fail<total_timeout>("not done within " + limit_text(limits_.total));
    }
}

void client_call::fail(const exchange_failure& f) const {
    const bool writing = f.when == exchange_phase::write;
    switch (f.what) {
        case exchange_failure::kind::timed_out:
            if (writing) fail<write_timeout>(f.text);
            fail<read_timeout>(f.text);
        case exchange_failure::kind::too_late:
            fail<total_timeout>("not done within " + limit_text(limits_.total));
        case exchange_failure::kind::malformed:
            fail<remote_protocol_error>("the answer is malformed: " + f.text);
        case exchange_failure::kind::closed:
        case exchange_failure::kind::broken:
        case exchange_failure::kind::too_large: break;
    }
    if (writing) fail<write_error>(f.text);
    fail<read_error>(f.text);
}

}  // namespace nurt::http::detail

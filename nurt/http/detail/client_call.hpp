// SPDX-License-Identifier: MIT
// nurt/http/detail/client_call.hpp: one request of a client, with its redirects and its retry.
#pragma once

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/http/client_options.hpp"
#include "nurt/http/client_transport.hpp"
#include "nurt/http/connection_pool.hpp"
#include "nurt/http/detail/client_connection.hpp"
#include "nurt/http/response.hpp"
#include "nurt/http/url.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurt {
class event_loop;
}

namespace nurt::http::detail {

// What a client and its requests share.
class client_core {
public:
    explicit client_core(client_options options);

    // The running loop; usage_error if connections belong to another one.
    event_loop& loop();
    // What the client adds to a request to this URL.
    void append_defaults(std::string& head, const headers& own, bool credentials) const;
    // Whether the client's own credentials may go there.
    bool trusts(const url& to) const noexcept;
    url resolve(const request_data& request);
    void before(const outgoing_request& r) {
        if (options_.on_request_) options_.on_request_(r);
    }
    void after(const response& r) {
        if (options_.on_response_) options_.on_response_(r);
    }
    const request_data& defaults() const noexcept { return options_.data_; }
    client_transport& transport();
    // Made when it is first needed.
    const tls::client_context& tls();

    connection_pool pool;

private:
    client_options options_;
    std::optional<url> base_;
    // Whoever asks again and again need not have the same URL parsed each time.
    std::string last_given_;
    std::optional<url> last_;
    event_loop* loop_ = nullptr;
};

// Holds a connection of the pool, and gives it back or, when its exchange has not ended, closes it.
class connection_lease {
public:
    connection_lease() = default;
    connection_lease(connection_pool& pool, connection_ptr c) noexcept
        : pool_(&pool), connection_(std::move(c)) {}
    connection_lease(connection_lease&&) noexcept = default;
    connection_lease& operator=(connection_lease&& other) noexcept {
        give_back();
        pool_ = other.pool_;
        connection_ = std::move(other.connection_);
        return *this;
    }
    ~connection_lease() { give_back(); }

    void give_back() noexcept {
        if (connection_) pool_->give_back(std::move(connection_));
    }
    client_connection* operator->() const noexcept { return connection_.get(); }
    explicit operator bool() const noexcept { return connection_ != nullptr; }

private:
    connection_pool* pool_ = nullptr;
    connection_ptr connection_;
};

class client_call {
public:
    client_call(std::shared_ptr<client_core> core, std::unique_ptr<request_data> request);

    // Sends, and sends again where a redirect says so or the connection had died. The head of the
    // answer goes into the response.
    coro<> open(response& r);
    // The whole body, into the response; ends the exchange. False: it is not all there yet.
    bool finish_now(response& r);
    coro<> finish(response& r);
    // The next piece; "" at the end.
    coro<std::string> read();

private:
    void done(response& r) noexcept;
    coro<> exchange();
    bool take_kept();
    coro<> connect();
    coro<bool> connect_to(pool_origin& origin);
    coro<stream> make_connection(bool& no_descriptor);
    coro<stream> start_tls(stream plain);
    coro<connection_ptr> wait_for_place(pool_origin& origin);
    bool may_repeat(const exchange_failure& f) const noexcept;
    bool follow(const response& r);
    void redirect_to(url target, int status);
    coro<> drain();
    std::string make_head();
    duration left(duration phase) const;
    template <class Error>
    [[noreturn]] void fail(std::string_view why) const;
    template <class Timeout>
    [[noreturn]] void fail_late(std::string_view what, duration limit) const;
    void check_total() const;
    [[noreturn]] void fail(const exchange_failure& f) const;

    std::shared_ptr<client_core> core_;
    std::unique_ptr<request_data> request_;
    event_loop& loop_;
    url to_;
    client_timeouts limits_;
    instant start_;
    instant begin_;  // of the last exchange
    instant total_;
    request_phases phases_;
    std::vector<redirect> history_;
    connection_lease connection_;
    connect_request target_;
    bool fresh_ = false;  // only a new connection will do
    bool trusted_;        // no redirect has led to another origin
};

}  // namespace nurt::http::detail

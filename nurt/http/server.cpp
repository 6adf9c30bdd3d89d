// SPDX-License-Identifier: MIT
// nurt/http/server.cpp: see the header.
#include "nurt/http/server.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/http/detail/connection.hpp"
#include "nurt/http/detail/service.hpp"
#include "nurt/net/server.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/tls/tls.hpp"

#include <type_traits>
#include <utility>

namespace nurt::http {

namespace detail {

// The listening part holds the service as long as connections need it, and not the other way round.
struct server_state {
    server_state(std::shared_ptr<service> s, nurt::server l)
        : shared(std::move(s)), listening(std::move(l)) {}

    std::shared_ptr<service> shared;
    nurt::server listening;
    event stopped;

    void close() noexcept {
        listening.close();
        stopped.set();
    }
};

}  // namespace detail

namespace {

using detail::server_state;
using state_ptr = std::shared_ptr<server_state>;

static_assert(std::is_trivially_destructible_v<server_options>, "may stand beside a co_await");

coro<> serve_client(std::shared_ptr<detail::service> shared, stream client) {
    std::string unread;
    auto bytes = client.release(&unread);
    auto served = std::make_unique<detail::connection>(*shared, std::move(bytes), unread);
    co_await served->serve();
}

coro<> secure_client(std::shared_ptr<detail::service> shared, tls::server_context site,
                     stream client) {
    if (shared->stopping) co_return;
    const tls::start_options how{.alpn = "http/1.1"};
    stream secured;
    {
        const detail::handshake counted(*shared);
        secured = co_await tls::accept(std::move(client), std::move(site), how);
    }
    if (secured.is_closed()) {
        ++shared->statistics.refused;
        co_return;
    }
    co_await serve_client(std::move(shared), std::move(secured));
}

void end_idle(server_state& state) noexcept {
    state.close();
    state.shared->stopping = true;
    state.shared->each([](detail::connection& c) { c.stop(); });
    state.shared->cancel_handshakes();
}

coro<> ended(state_ptr state) {
    co_await state->listening.wait_closed();
}

coro<bool> stop_server(state_ptr state, duration grace) {
    end_idle(*state);
    bool in_time = true;
    try {
        co_await wait_for(ended(state), grace);
    } catch (const nurt::timeout_error&) {
        in_time = false;
    }
    if (!in_time) {
        state->shared->each([](detail::connection& c) { c.cancel(); });
        co_await ended(state);
    }
    co_return in_time;
}

coro<> serve_until_cancelled(state_ptr state, duration grace) {
    auto forever = [](state_ptr s) -> coro<> { co_await s->stopped.wait(); };
    auto stop = [](state_ptr s, duration g) -> coro<> {
        const bool stopped = s->stopped.is_set();
        if (!stopped) co_await stop_server(s, g);
    };
    co_await finally([&] { return forever(state); }, [&] { return stop(state, grace); },
                     grace + cleanup_grace);
}

}  // namespace

server::server(std::shared_ptr<detail::server_state> state) noexcept : state_(std::move(state)) {}
server::server(server&&) noexcept = default;
server::~server() {
    if (state_) {
        state_->close();
        state_->shared->each([](detail::connection& c) { c.cancel(); });
        state_->shared->cancel_handshakes();
    }
}

void server::close() noexcept {
    state_->close();
}

coro<> server::wait_closed() {
    return ended(state_);
}

coro<> server::serve_forever(duration grace) {
    return serve_until_cancelled(state_, grace);
}

coro<bool> server::stop(duration grace) {
    return stop_server(state_, grace);
}

bool server::is_serving() const noexcept {
    return state_->listening.is_serving();
}

std::vector<socket_address> server::sockets() const {
    return state_->listening.sockets();
}

std::uint16_t server::port() const {
    return state_->listening.port();
}

server::statistics_t server::statistics() const noexcept {
    return state_->shared->statistics;
}

namespace {

std::shared_ptr<detail::service> make_service(handler answer, server_options options) {
    constexpr std::size_t tenth = 10;
    if (options.connections == 0) {
        const std::size_t allowed = descriptor_limit();
        options.connections = allowed - allowed / tenth;
    }
    auto shared = std::make_shared<detail::service>(std::move(answer), options);
    shared->crowd = options.connections / 5 * 4;
    return shared;
}

coro<server> listen_for(std::shared_ptr<detail::service> shared, connection_handler serve,
                        std::string host, std::uint16_t port) {
    const server_options& options = shared->options;
    const listen_options how{.backlog = options.backlog,
                             .reuse_port = options.reuse_port,
                             .connections = options.connections};
    nurt::server listening =
        co_await nurt::start_server(std::move(serve), std::move(host), port, how);
    co_return server(std::make_shared<server_state>(std::move(shared), std::move(listening)));
}

}  // namespace

coro<server> start_server(handler answer, std::string host, std::uint16_t port,
                          server_options options) {
    auto shared = make_service(std::move(answer), options);
    connection_handler serve = [shared](stream client) {
        return serve_client(shared, std::move(client));
    };
    co_return co_await listen_for(std::move(shared), std::move(serve), std::move(host), port);
}

coro<server> start_server(handler answer, std::string host, std::uint16_t port,
                          tls::server_context site, server_options options) {
    auto shared = make_service(std::move(answer), options);
    connection_handler serve = [shared, site](stream client) {
        return secure_client(shared, site, std::move(client));
    };
    co_return co_await listen_for(std::move(shared), std::move(serve), std::move(host), port);
}

coro<> serve_connection(stream client, handler answer, server_options options) {
    auto shared = std::make_shared<detail::service>(std::move(answer), options);
    co_await serve_client(std::move(shared), std::move(client));
}

}  // namespace nurt::http

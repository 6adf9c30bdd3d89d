// SPDX-License-Identifier: MIT
// nurt/net/server.cpp: see the header.
#include "nurt/net/server.hpp"

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/net/detail/handler_failure.hpp"
#include "nurt/net/detail/serve.hpp"
#include "nurt/net/resolver.hpp"
#include "nurt/sync/event.hpp"

#include <cerrno>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include <sys/resource.h>

namespace nurt {

namespace detail {

// A connection whose handler runs.
struct client {
    stream_ref shared;
    std::optional<task<void>> handler;
    bool ended = false;  // by the server, under its handler
};

// Invariant: quiet is set exactly when it is closed and has no clients.
struct server_state {
    connection_handler handler;
    std::vector<listener> listeners;
    std::list<client> clients;
    std::size_t most_clients = 0;
    bool closed = false;
    event stopped;  // closed
    event room;     // a client has gone
    event quiet;

    void close() noexcept {
        closed = true;
        for (listener& l : listeners) {
            l.close();
        }
        stopped.set();
        room.set();
        look_for_quiet();
    }
    void look_for_quiet() noexcept {
        if (closed && clients.empty()) {
            quiet.set();
        }
    }
    void end_clients(io::closing how) noexcept {
        for (client& c : clients) {
            if (!c.shared->closed) {
                c.shared->closed = c.ended = true;
                c.shared->bytes->close(how);
            }
        }
    }
};

}  // namespace detail

namespace {

using detail::client;
using detail::server_state;
using state_ptr = std::shared_ptr<server_state>;

// Takes the client out of the list however its handler ends, even if that never began: it is a
// parameter of the coroutine, so it dies with the frame.
class membership {
public:
    membership(state_ptr state, std::list<client>::iterator self)
        : state_(std::move(state)), self_(self) {}
    membership(membership&&) noexcept = default;
    membership& operator=(membership&&) = delete;
    ~membership() {
        if (state_) {
            state_->clients.erase(self_);
            state_->room.set();
            state_->look_for_quiet();
        }
    }
    server_state& state() const noexcept { return *state_; }
    bool ended_by_server() const noexcept { return self_->ended; }

private:
    state_ptr state_;
    std::list<client>::iterator self_;
};

coro<void> handle_client(membership here, stream s) {
    try {
        co_await here.state().handler(std::move(s));
    } catch (const cancelled_error&) {
        throw;
    } catch (const usage_error&) {
        // The handler came back to a stream that the server has closed meanwhile.
        if (!here.ended_by_server()) {
            detail::report_handler_failure();
        }
    } catch (const std::exception&) {
        detail::report_handler_failure();
    }
}

void start_client(const state_ptr& state, stream s) {
    const auto self = state->clients.emplace(state->clients.end(), s.shared(), std::nullopt);
    // Without a name, which would be a tenth of what an idle connection costs.
    self->handler = create_task(handle_client(membership(state, self), std::move(s)));
}

// Waits for one connection and starts its handler. False: the listener is closed.
coro<bool> accept_one(state_ptr state, std::size_t index) {
    bool failed = false;
    try {
        stream s = co_await state->listeners[index].accept();
        if (state
                ->closed) {  // since the connection came: it is treated as those still in the queue
            s.abort();
            co_return false;
        }
        start_client(state, std::move(s));
    } catch (const os_error&) {
        if (state->closed) {
            co_return false;
        }
        detail::report_error("accepting a connection failed");
        failed = true;
    }
    if (failed) {
        co_await sleep(milliseconds(100));  // it may be lasting: no more than ten reports a second
    }
    co_return true;
}

coro<void> wait_for_room(state_ptr state) {
    for (;;) {
        const bool room = state->closed || state->clients.size() < state->most_clients;
        if (room) {
            co_return;
        }
        state->room.clear();
        co_await state->room.wait();
    }
}

coro<void> accept_all(state_ptr state, std::size_t index) {
    for (;;) {
        if (state->clients.size() >= state->most_clients) {
            co_await wait_for_room(state);
        }
        const bool more = !state->closed && co_await accept_one(state, index);
        if (!more) {
            co_return;
        }
    }
}

// One listener for each address. An address that the machine does not have is left out as long as
// another one can be listened to: localhost is ::1 only where there is IPv6.
coro<std::vector<listener>> listen_everywhere(std::string host, std::uint16_t port,
                                              listen_options options) {
    std::vector<ip_address> addresses(1);
    if (!host.empty()) {
        addresses = co_await resolve(std::move(host));
    }
    std::vector<listener> listeners;
    std::exception_ptr failure;
    for (const ip_address& ip : addresses) {
        try {
            listeners.push_back(listen(socket_address(ip, port), options));
        } catch (const os_error& e) {
            const bool missing = e.number() == EADDRNOTAVAIL || e.number() == EAFNOSUPPORT;
            if (!missing) {
                throw;
            }
            failure = std::current_exception();
        }
    }
    if (listeners.empty()) {
        std::rethrow_exception(failure);
    }
    co_return listeners;
}

}  // namespace

server::~server() {
    if (state_) {
        close();
        for (client& c : state_->clients) {
            c.handler->cancel("the server is gone");
        }
    }
}

void server::close() noexcept {
    state_->close();
}

bool server::is_serving() const noexcept {
    return !state_->closed;
}

std::vector<socket_address> server::sockets() const {
    std::vector<socket_address> result;
    for (const listener& l : state_->listeners) {
        if (!l.is_closed()) {
            result.push_back(l.address());
        }
    }
    return result;
}

std::vector<io::endpoint> server::endpoints() const {
    std::vector<io::endpoint> result;
    for (const listener& l : state_->listeners) {
        if (!l.is_closed()) {
            result.push_back(l.endpoint());
        }
    }
    return result;
}

std::uint16_t server::port() const {
    return state_->listeners.front().port();
}

std::size_t server::connections() const noexcept {
    return state_->clients.size();
}

void server::close_clients() noexcept {
    state_->end_clients(io::closing::flush);
}

void server::abort_clients() noexcept {
    state_->end_clients(io::closing::abort);
}

coro<void> server::wait_for_end(state_ptr state) {
    co_await state->quiet.wait();
}

coro<bool> server::end_within(state_ptr state, duration grace) {
    state->close();
    bool in_time = true;
    try {
        co_await wait_for(wait_for_end(state), grace);
    } catch (const timeout_error&) {
        in_time = false;
    }
    if (!in_time) {
        for (client& c : state->clients) {
            c.handler->cancel("the server stops");
        }
        co_await wait_for_end(state);
    }
    co_return in_time;
}

coro<void> server::serve(state_ptr state, duration grace) {
    auto until_stopped = [](state_ptr s) -> coro<void> { co_await s->stopped.wait(); };
    auto stop = [](state_ptr s, duration g) -> coro<void> {
        if (!s->closed) {
            co_await end_within(s, g);
        }
    };
    co_await finally([&] { return until_stopped(state); }, [&] { return stop(state, grace); },
                     grace + cleanup_grace);
}

server detail::serve(connection_handler handler, std::vector<listener> listeners,
                     std::size_t connections) {
    auto state = std::make_shared<server_state>();
    state->handler = std::move(handler);
    state->most_clients = connections;
    state->listeners = std::move(listeners);
    for (std::size_t i = 0; i < state->listeners.size(); ++i) {
        create_task(accept_all(state, i), "accept").detach();
    }
    return server(state);
}

coro<server> start_server(connection_handler handler, std::string host, std::uint16_t port,
                          listen_options options) {
    auto listeners = co_await listen_everywhere(std::move(host), port, options);
    co_return detail::serve(std::move(handler), std::move(listeners), options.connections);
}

std::size_t descriptor_limit() noexcept {
    constexpr std::size_t guess = 1024;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return guess;
    }
    return static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace nurt

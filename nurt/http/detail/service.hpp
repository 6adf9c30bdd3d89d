// SPDX-License-Identifier: MIT
// nurt/http/detail/service.hpp: what the connections of one server share.
#pragma once

#include <cstddef>
#include <string_view>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/date.hpp"
#include "nurt/http/server.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::http::detail {

class connection;

// The Date field of now, cheaply: the machine's clock is read once a second. In a simulation the
// date is a part of the simulation.
class date_source {
public:
    std::string_view line(event_loop& loop) noexcept {
        if (loop.cached_time() >= next_look_) look(loop);
        return cache_.line(second_);
    }

private:
    void look(event_loop& loop) noexcept;

    date_cache cache_;
    std::int64_t second_ = 0;
    instant next_look_;
};

struct service;

// A client that has yet to shake hands, for as long as it does.
class handshake final : public list_link {
public:
    explicit handshake(service& shared);
    ~handshake();

    void cancel() noexcept { task_.cancel("the server stops"); }

private:
    service& service_;
    task_view task_;
};

struct service {
    service(handler h, const server_options& o) : answer(std::move(h)), options(o) {}

    // True while connections are so many that idle ones must not stay long.
    bool crowded() const noexcept { return statistics.connections > crowd; }
    // A connection has come.
    void admit(connection& c, instant now) noexcept;
    // Calls fn, which ends no connection, with each of them.
    template <class Fn>
    void each(Fn fn) {
        for (connection* c = connections.front(); c != nullptr; c = connections.next(*c)) fn(*c);
    }

    void cancel_handshakes() noexcept {
        for (handshake* h = handshakes.front(); h != nullptr; h = handshakes.next(*h)) h->cancel();
    }

    handler answer;
    server_options options;
    date_source date;
    intrusive_list<connection> connections;
    intrusive_list<handshake> handshakes;
    server::statistics_t statistics{};
    std::size_t crowd = ~std::size_t{0};
    instant hurried_at;     // when idle connections were last told to hurry
    bool stopping = false;  // every request is its connection's last one
};

}  // namespace nurt::http::detail

// SPDX-License-Identifier: MIT
// nurt/sim/detail/sim_network.cpp: what goes through the simulated network, and when it arrives.
#include "nurt/sim/detail/sim_backend.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nurt::sim::detail {

namespace {

constexpr int connect_attempts = 7;  // after 1, 2, 4, ... seconds, as Linux: 127 s in all

}  // namespace

// What goes through the network to one end of a connection, behind all that went before.
void sim_backend::arrive(const connection_ptr& link, int end, unique_function<void()> what) {
    half& to = link->ends[end];
    instant when = clock_.now();
    if (!link->on_one_machine) {
        const std::int64_t jitter = plan_.jitter.count() > 0 ? plan_.jitter.count() : 0;
        const auto extra = random_.below(static_cast<std::uint64_t>(jitter) + 1);
        when = when + plan_.latency + duration::nanoseconds(static_cast<std::int64_t>(extra));
    }
    to.last_arrival = std::max(to.last_arrival, when);
    events_.emplace(to.last_arrival, std::move(what));
}

void sim_backend::send_end(const connection_ptr& link, int to) {
    arrive(link, to, [this, link, to] {
        link->ends[to].end_arrived = true;
        touch(link->ends[to].owner);
    });
}

void sim_backend::send_reset(const connection_ptr& link, int to) {
    arrive(link, to, [this, link, to] {
        half& h = link->ends[to];
        if (!h.broken) {
            h.broken = true;
            h.error = ECONNRESET;
            touch(h.owner);
        }
    });
}

int sim_backend::shutdown_write(io::channel& c) noexcept {
    socket& s = of(c);
    if (!s.connected || s.own().broken) {
        return -ENOTCONN;
    }
    if (!s.own().end_sent) {
        s.own().end_sent = true;
        send_end(s.link, 1 - s.end);
    }
    return 0;
}

bool sim_backend::receive(socket& s, operation& op) {
    if (!s.connected) {
        op.result = -ENOTCONN;
        return true;
    }
    half& me = s.own();
    if (me.inbox.empty()) {
        op.result = -me.error;
        me.error = 0;
        return op.result != 0 || me.end_arrived || me.broken || op.size == 0;
    }
    std::size_t n = std::min(op.size, me.inbox.size());
    if (n > 1 && random_.chance(plan_.short_reads)) {
        n = 1 + random_.below(n - 1);
    }
    std::memcpy(op.data, me.inbox.data(), n);
    me.inbox.erase(0, n);
    op.result = static_cast<std::int64_t>(n);
    touch(s.other().owner);  // there is room again
    return true;
}

std::size_t sim_backend::space(socket& s) const {
    const half& to = s.other();
    const std::size_t used = to.inbox.size() + to.on_the_way;
    return to.gone ? plan_.buffer : plan_.buffer - std::min(plan_.buffer, used);
}

bool sim_backend::send(socket& s, operation& op) {
    if (!s.connected) {
        op.result = -ENOTCONN;
        return true;
    }
    half& me = s.own();
    if (me.broken || me.end_sent) {
        op.result = me.error != 0 ? -me.error : -EPIPE;
        me.error = 0;
        return true;
    }
    std::size_t n = std::min(op.size, space(s));
    if (n == 0 && op.size != 0) {
        return false;
    }
    if (n > 1 && random_.chance(plan_.short_writes)) {
        n = 1 + random_.below(n - 1);
    }
    op.result = static_cast<std::int64_t>(n);
    if (s.other().gone) {
        send_reset(s.link, s.end);  // nobody is there, which we hear later
    } else {
        carry(s, std::string(static_cast<const char*>(op.data), n));
    }
    return true;
}

// Puts bytes on their way to the other end.
void sim_backend::carry(socket& s, std::string bytes) {
    const int to = 1 - s.end;
    s.other().on_the_way += bytes.size();
    s.link->carried += bytes.size();
    arrive(s.link, to, [this, link = s.link, to, bytes = std::move(bytes)] {
        half& h = link->ends[to];
        h.on_the_way -= bytes.size();
        if (!h.gone) {
            h.inbox += bytes;
            touch(h.owner);
        }
    });
    if (plan_.reset_after != 0 && s.link->carried >= plan_.reset_after) {
        send_reset(s.link, 0);
        send_reset(s.link, 1);
    }
}

bool sim_backend::accept(socket& s, operation& op) {
    if (s.arrived.empty() || full()) {
        return false;
    }
    socket& made = make_socket("accept");
    made.link = s.arrived.front();
    s.arrived.pop_front();
    made.end = 1;
    made.connected = true;
    made.own().owner = &made;
    made.local = made.own().address;
    made.name = made.own().name;
    if (op.address != nullptr) {
        *op.address = made.other().endpoint_of();
    }
    op.result = made.descriptor();
    return true;
}

// A connection attempt reaches the other side.
void sim_backend::knock(const connection_ptr& link, int attempt) {
    socket* client = link->ends[0].owner;
    if (client == nullptr) {
        return;  // given up meanwhile
    }
    socket* listener = listener_at(link->ends[1].address);
    if (listener == nullptr) {
        client->connect_error = ECONNREFUSED;
    } else if (listener->arrived.size() < listener->backlog) {
        client->connected = true;
        listener->arrived.push_back(link);
        touch(listener);
    } else if (attempt < connect_attempts) {
        events_.emplace(clock_.now() + duration::nanoseconds(1'000'000'000LL << attempt),
                        [this, link, attempt] { knock(link, attempt + 1); });
        return;
    } else {
        client->connect_error = ETIMEDOUT;
    }
    touch(client);
}

bool sim_backend::connect(socket& s, operation& op) {
    if (s.datagrams) {
        return connect_datagrams(s, op);
    }
    if (const auto name = unix_address::from(*op.address)) {
        return connect(s, *name, op);
    }
    if (s.link == nullptr) {
        const auto to = socket_address::from(*op.address);
        if (!to) {
            op.result = -EAFNOSUPPORT;
            return true;
        }
        const auto from = to->ip().is_v4() ? ip_address::loopback_v4() : ip_address::loopback_v6();
        s.link = std::make_shared<connection>();
        if (s.local.port() == 0) {  // else it was bound
            s.local = with_port(socket_address(from, 0));
        }
        s.link->ends[0].owner = &s;
        s.link->ends[0].address = s.local;
        s.link->ends[1].address = *to;
        arrive(s.link, 0, [this, link = s.link] { knock(link, 0); });
    }
    op.result = -s.connect_error;
    return s.connected || s.connect_error != 0;
}

}  // namespace nurt::sim::detail

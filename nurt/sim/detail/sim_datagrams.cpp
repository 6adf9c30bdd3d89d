// SPDX-License-Identifier: MIT
// nurt/sim/detail/sim_datagrams.cpp: messages on the simulated network.
//
// Each takes its own time, so jitter changes their order; they may be lost or come twice, and what a
// receiver has no room for is dropped without a word, as on a real network.
#include "nurt/sim/detail/sim_backend.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nurt::sim::detail {

namespace {

constexpr std::size_t longest = 65507;  // of UDP over IPv4

bool is_multicast(const ip_address& ip) noexcept {
    return ip.is_v4() ? ip.data()[0] >= 224 && ip.data()[0] < 240 : ip.data()[0] == 0xff;
}

bool is_broadcast(const ip_address& ip) noexcept {
    return ip == ip_address::v4(255, 255, 255, 255);
}

}  // namespace

io::channel& sim_backend::open_datagrams(const endpoint& at, const io::datagram_options& options,
                                         std::string_view attempt) {
    const auto address = socket_address::from(at);
    if (!address) {
        throw os_error(EAFNOSUPPORT, attempt);
    }
    const bool shared = options.reuse_port || options.reuse_address;
    const bool chosen = options.bound && address->port() != 0;
    if (chosen && port_taken(*address, shared, true)) {
        throw os_error(EADDRINUSE, attempt);
    }
    socket& s = make_socket(attempt);
    s.adopted = s.datagrams = true;
    s.shares_port = shared;
    s.local = chosen ? *address : with_port(*address, true);
    return s;
}

bool sim_backend::hears(const socket& s, const socket_address& from,
                        const socket_address& to) const {
    if (!s.datagrams || s.local.port() != to.port() || s.local.ip().is_v4() != to.ip().is_v4() ||
        (s.peer && *s.peer != from)) {
        return false;
    }
    if (is_multicast(to.ip())) {
        return std::find(s.groups.begin(), s.groups.end(), to.ip()) != s.groups.end();
    }
    return s.local.ip() == to.ip() || s.local.ip().is_unspecified() || is_broadcast(to.ip());
}

// A message has found its way to an address; sender: the descriptor it left from.
void sim_backend::arrive(int sender, const socket_address& from, const socket_address& to,
                         const std::string& bytes) {
    const bool many = is_multicast(to.ip()) || is_broadcast(to.ip());
    std::vector<socket*> found;
    for (const auto& [descriptor, s] : sockets_) {
        if (hears(*s, from, to)) {
            found.push_back(s.get());
        }
    }
    if (!many && found.size() > 1) {
        std::swap(found[0], found[random_.below(found.size())]);
        found.resize(1);
    }
    for (socket* s : found) {
        if (s->mailbox_bytes + bytes.size() <= plan_.buffer) {
            s->mailbox_bytes += bytes.size();
            s->mailbox.emplace_back(from, bytes);
            touch(s);
        }
    }
    // The answer of the other machine that nobody is there; only a connected socket hears of it.
    const auto source = sockets_.find(sender);
    if (found.empty() && !many && source != sockets_.end() && source->second->peer == to) {
        source->second->datagram_error = ECONNREFUSED;
        touch(source->second.get());
    }
}

int sim_backend::send_datagram(socket& s, const io::datagram& d) {
    const auto to = d.address.size != 0 ? socket_address::from(d.address) : s.peer;
    if (const int error = std::exchange(s.datagram_error, 0); error != 0) {
        return -error;
    }
    if (!to) {
        return d.address.size != 0 ? -EAFNOSUPPORT : -EDESTADDRREQ;
    }
    if (d.size > longest) {
        return -EMSGSIZE;
    }
    const auto own = to->ip().is_v4() ? ip_address::loopback_v4() : ip_address::loopback_v6();
    const socket_address from(s.local.ip().is_unspecified() ? own : s.local.ip(), s.local.port());
    const int copies = random_.chance(plan_.datagram_loss)         ? 0
                       : random_.chance(plan_.datagram_duplicates) ? 2
                                                                   : 1;
    for (int i = 0; i < copies; ++i) {
        const std::int64_t jitter = std::max<std::int64_t>(plan_.jitter.count(), 0);
        const auto extra = random_.below(static_cast<std::uint64_t>(jitter) + 1);
        const instant when =
            clock_.now() + plan_.latency + duration::nanoseconds(static_cast<std::int64_t>(extra));
        events_.emplace(when,
                        [this, sender = s.descriptor(), from, to = *to,
                         bytes = std::string(d.data, d.size)] { arrive(sender, from, to, bytes); });
    }
    return 1;
}

int sim_backend::send_datagrams(io::channel& c, const io::datagram* first,
                                std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        const int result = send_datagram(of(c), first[i]);
        if (result < 0) {
            return i == 0 ? result : static_cast<int>(i);
        }
    }
    return static_cast<int>(count);
}

int sim_backend::receive_datagrams(io::channel& c, io::datagram* first,
                                   std::size_t count) noexcept {
    socket& s = of(c);
    if (const int error = std::exchange(s.datagram_error, 0); error != 0) {
        return -error;
    }
    std::size_t n = 0;
    for (; n < count && !s.mailbox.empty(); ++n) {
        const auto [from, bytes] = std::move(s.mailbox.front());
        s.mailbox.pop_front();
        s.mailbox_bytes -= bytes.size();
        io::datagram& d = first[n];
        d.size = std::min(d.room, bytes.size());
        d.truncated = bytes.size() > d.room;
        d.address = from.to_endpoint();
        std::memcpy(d.data, bytes.data(), d.size);
    }
    return n == 0 ? -EAGAIN : static_cast<int>(n);
}

int sim_backend::set_membership(io::channel& c, bool member, const endpoint& group,
                                unsigned) noexcept {
    const auto address = socket_address::from(group);
    if (!address || !is_multicast(address->ip())) {
        return -EINVAL;
    }
    auto& groups = of(c).groups;
    const auto found = std::find(groups.begin(), groups.end(), address->ip());
    if (member == (found != groups.end())) {
        return member ? -EADDRINUSE : -EADDRNOTAVAIL;
    }
    if (member) {
        groups.push_back(address->ip());
    } else {
        groups.erase(found);
    }
    return 0;
}

bool sim_backend::connect_datagrams(socket& s, operation& op) {
    const auto to = socket_address::from(*op.address);
    op.result = to ? 0 : -EAFNOSUPPORT;
    if (to) {
        s.peer = to;
        if (s.local.ip().is_unspecified()) {
            const auto own =
                to->ip().is_v4() ? ip_address::loopback_v4() : ip_address::loopback_v6();
            s.local = socket_address(own, s.local.port());
        }
    }
    return true;
}

}  // namespace nurt::sim::detail

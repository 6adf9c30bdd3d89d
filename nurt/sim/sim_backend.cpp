// SPDX-License-Identifier: MIT
// nurt/sim/sim_backend.cpp: descriptors and waiting; detail/sim_network.cpp has the network.
#include "nurt/sim/sim_backend.hpp"

#include "nurt/sim/detail/sim_backend.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace nurt::sim {

namespace detail {

namespace {

constexpr int first_descriptor = 1 << 20;
constexpr std::uint16_t first_free_port = 49152;

}  // namespace

socket& sim_backend::make_socket(std::string_view attempt) {
    if (full()) {
        throw os_error(EMFILE, attempt);
    }
    int descriptor = first_descriptor;  // the lowest free one, as a kernel does
    for (const auto& [used, unused] : sockets_) {
        if (used != descriptor) {
            break;
        }
        ++descriptor;
    }
    auto& made = sockets_[descriptor];
    made = std::make_unique<socket>(descriptor);
    return *made;
}

io::channel& sim_backend::adopt(int descriptor) {
    const auto found = sockets_.find(descriptor);
    if (found == sockets_.end() || found->second->adopted) {
        throw os_error(EBADF, "adopt in a simulation");
    }
    found->second->adopted = true;
    return *found->second;
}

io::channel& sim_backend::open_socket(const endpoint& towards, std::string_view attempt) {
    socket& s = make_socket(attempt);
    s.adopted = true;
    if (unix_address::from(towards)) {
        s.name.emplace();
    }
    return s;
}

int sim_backend::bind(io::channel& c, const endpoint& from) noexcept {
    const auto address = socket_address::from(from);
    if (!address) {
        return -EAFNOSUPPORT;
    }
    if (address->port() != 0 && port_taken(*address, false)) {
        return -EADDRINUSE;
    }
    of(c).local = address->port() != 0 ? *address : with_port(*address);
    return 0;
}

io::channel& sim_backend::listen(const endpoint& at, const io::listen_options& options,
                                 std::string_view attempt) {
    if (const auto name = unix_address::from(at)) {
        return listen(*name, options, attempt);
    }
    const auto address = socket_address::from(at);
    if (!address) {
        throw os_error(EAFNOSUPPORT, attempt);
    }
    if (address->port() != 0 && port_taken(*address, options.reuse_port)) {
        throw os_error(EADDRINUSE, attempt);
    }
    socket& s = make_socket(attempt);
    s.adopted = s.listening = true;
    s.shares_port = options.reuse_port;
    s.backlog = static_cast<std::size_t>(std::max(options.backlog, 1));
    s.local = address->port() != 0 ? *address : with_port(*address);
    return s;
}

bool sim_backend::port_taken(const socket_address& address, bool shared, bool datagrams) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& entry) {
        const socket& s = *entry.second;
        const bool overlap = s.local.ip() == address.ip() || s.local.ip().is_unspecified() ||
                             address.ip().is_unspecified();
        return (datagrams ? s.datagrams : s.listening) && s.local.port() == address.port() &&
               overlap && s.local.ip().is_v4() == address.ip().is_v4() &&
               !(shared && s.shares_port);
    });
}

socket_address sim_backend::with_port(socket_address address, bool datagrams) {
    do {
        address = socket_address(address.ip(), next_port_);
        next_port_ =
            next_port_ == 65535 ? first_free_port : static_cast<std::uint16_t>(next_port_ + 1);
    } while (port_taken(address, false, datagrams));
    return address;
}

socket* sim_backend::listener_at(const socket_address& address) {
    std::vector<socket*> found;
    for (const auto& [descriptor, s] : sockets_) {
        const bool here =
            s->local.ip() == address.ip() ||
            (s->local.ip().is_unspecified() && s->local.ip().is_v4() == address.ip().is_v4());
        if (s->listening && s->local.port() == address.port() && here) {
            found.push_back(s.get());
        }
    }
    return found.empty() ? nullptr : found[random_.below(found.size())];
}

endpoint sim_backend::local_address(const io::channel& c) const noexcept {
    const auto& s = static_cast<const socket&>(c);
    return s.name ? s.name->to_endpoint() : s.local.to_endpoint();
}

endpoint sim_backend::peer_address(const io::channel& c) const noexcept {
    const auto& s = static_cast<const socket&>(c);
    if (s.peer) {
        return s.peer->to_endpoint();
    }
    return s.connected ? s.link->ends[1 - s.end].endpoint_of() : endpoint{};
}

bool sim_backend::readable(socket& s) const {
    if (s.datagrams) {
        return !s.mailbox.empty() || s.datagram_error != 0;
    }
    if (s.listening || !s.connected) {
        return !s.arrived.empty() && !full();
    }
    const half& me = s.own();
    return !me.inbox.empty() || me.end_arrived || me.broken;
}

bool sim_backend::writable(socket& s) const {
    return s.datagrams || (s.connected && (s.own().broken || s.own().end_sent || space(s) != 0));
}

bool sim_backend::perform(socket& s, operation& op) {
    switch (op.code) {
        case opcode::receive: return receive(s, op);
        case opcode::send: return send(s, op);
        case opcode::accept: return accept(s, op);
        case opcode::connect: return connect(s, op);
        case opcode::wait_readable: op.result = 0; return readable(s);
        case opcode::wait_writable: op.result = 0; return writable(s);
    }
    return false;
}

bool sim_backend::try_now(operation& op) noexcept {
    return perform(of(*op.target), op);
}

void sim_backend::submit(operation& op) noexcept {
    socket& s = of(*op.target);
    assert(s.slot(op) == nullptr && "one operation each way at a time");
    s.slot(op) = &op;
    op.in_flight = true;
    ++in_flight_;
    touch(&s);
}

bool sim_backend::cancel(operation& op) noexcept {
    of(*op.target).slot(op) = nullptr;
    op.in_flight = false;
    --in_flight_;
    return true;
}

void sim_backend::touch(socket* s) {
    if (s != nullptr && !s->touched) {
        s->touched = true;
        touched_.push_back(s);
    }
}

bool sim_backend::attempt(socket& s, operation*& waiting) {
    operation* op = waiting;
    if (op == nullptr || !perform(s, *op)) {
        return false;
    }
    waiting = nullptr;
    op->in_flight = false;
    --in_flight_;
    op->complete();
    return true;
}

// Completes what can be completed. True: something was.
bool sim_backend::deliver() {
    bool any = false;
    while (!any && !touched_.empty()) {
        std::vector<socket*> batch;
        batch.swap(touched_);
        for (std::size_t i = batch.size(); i > 1; --i) {
            std::swap(batch[i - 1], batch[random_.below(i)]);
        }
        for (socket* s : batch) {
            s->touched = false;
        }
        for (socket* s : batch) {
            any = attempt(*s, s->reader) || any;
            any = attempt(*s, s->writer) || any;
        }
    }
    return any;
}

void sim_backend::run_events_until(instant when) {
    while (!events_.empty() && events_.begin()->first <= when) {
        auto happened = events_.extract(events_.begin());
        happened.mapped()();
    }
}

void sim_backend::wait(instant deadline) {
    for (;;) {
        run_events_until(clock_.now());
        if (deliver() || woken_.exchange(false) || deadline <= clock_.now()) {
            return;
        }
        const instant next = events_.empty() ? instant::never() : events_.begin()->first;
        if (next == instant::never() && deadline == instant::never()) {
            throw deadlock("deadlock: " + std::to_string(in_flight_) +
                           " operations wait, and nothing can ever complete them");
        }
        clock_.advance_to(std::min(next, deadline));
    }
}

void sim_backend::end_operations(socket& s) noexcept {
    for (operation** waiting : {&s.reader, &s.writer}) {
        if (operation* op = std::exchange(*waiting, nullptr)) {
            op->result = -ECANCELED;
            op->in_flight = false;
            --in_flight_;
            op->complete();
        }
    }
}

// Leaves the connection, in the way the other end will hear of.
void sim_backend::drop_link(socket& s, io::closing how) {
    half& me = s.own();
    me.gone = true;
    me.owner = nullptr;
    if (!s.connected) {
        return;
    }
    if (how == io::closing::abort) {
        send_reset(s.link, 1 - s.end);
    } else if (!me.end_sent && !me.broken) {
        send_end(s.link, 1 - s.end);
    }
    touch(s.other().owner);  // what it sends now vanishes instead of waiting for room
}

void sim_backend::close(io::channel& c, io::closing how) noexcept {
    socket& s = of(c);
    end_operations(s);
    if (s.link != nullptr) {
        drop_link(s, how);
    }
    give_up_name(s);
    for (const auto& link : s.arrived) {
        link->ends[1].gone = true;
        send_reset(link, 0);
    }
    if (s.touched) {
        std::erase(touched_, &s);
    }
    const bool was_full = full();
    sockets_.erase(s.descriptor());
    if (was_full) {
        for (const auto& [descriptor, other] : sockets_) {
            if (other->listening) {
                touch(other.get());
            }
        }
    }
}

int sim_backend::release(io::channel& c, std::string*) {
    socket& s = of(c);
    end_operations(s);
    s.adopted = false;
    return s.descriptor();
}

}  // namespace detail

std::unique_ptr<io::backend> make_backend(virtual_clock& clock, std::uint64_t seed,
                                          const faults& plan) {
    return std::make_unique<detail::sim_backend>(clock, seed, plan);
}

}  // namespace nurt::sim

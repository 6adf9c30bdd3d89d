// SPDX-License-Identifier: MIT
// nurt/sim/sim_backend.cpp: see the header.
//
// Everything that takes a way through the network is an event at a point of virtual time: a piece of
// data, the end of a stream, a reset, a connection. Events change sockets and touch them; wait() then
// tries the operations of touched sockets again, in an order drawn from the seed.
#include "nurt/sim/sim_backend.hpp"

#include "nurt/net/address.hpp"
#include "nurt/sim/splitmix.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace nurt::sim {

namespace {

using io::endpoint;
using io::opcode;
using io::operation;

constexpr int first_descriptor = 1 << 20;
constexpr std::uint16_t first_free_port = 49152;
constexpr int connect_attempts = 7;  // after 1, 2, 4, ... seconds, as Linux: 127 s in all

struct socket;

// One end of a connection: what has arrived there, and what it knows of the other end.
struct half {
    std::string inbox;
    std::size_t on_the_way = 0;  // bytes that were sent to it and have not arrived
    instant last_arrival;        // pieces never overtake each other
    bool end_arrived = false;
    bool end_sent = false;
    bool broken = false;  // a reset arrived: nothing goes out any more
    int error = 0;        // told once, after the bytes that arrived before it
    bool gone = false;    // closed by its owner
    socket* owner = nullptr;
    socket_address address;
};

struct connection {
    half ends[2];
    std::size_t carried = 0;
};

struct socket final : io::channel {
    explicit socket(int descriptor) noexcept : channel(descriptor) {}

    bool adopted = false;
    bool touched = false;
    operation* reader = nullptr;
    operation* writer = nullptr;
    std::shared_ptr<connection> link;  // null: not connected and not trying to be
    int end = 0;                       // which end of the link is ours
    bool connected = false;
    int connect_error = 0;
    bool listening = false;
    bool shares_port = false;
    std::size_t backlog = 0;
    std::deque<std::shared_ptr<connection>> arrived;  // not yet accepted
    socket_address local;

    half& own() noexcept { return link->ends[end]; }
    half& other() noexcept { return link->ends[1 - end]; }
    operation*& slot(const operation& op) noexcept {
        const bool writes = op.code == opcode::send || op.code == opcode::connect ||
                            op.code == opcode::wait_writable;
        return writes ? writer : reader;
    }
};

class sim_backend final : public io::backend {
public:
    sim_backend(virtual_clock& clock, std::uint64_t seed, const faults& plan)
        : clock_(clock), random_(seed), plan_(plan) {}

    const char* name() const noexcept override { return "sim"; }
    io::channel& adopt(int descriptor) override;
    io::channel& open_socket(const endpoint& towards, std::string_view attempt) override;
    io::channel& listen(const endpoint& at, const io::listen_options& options,
                        std::string_view attempt) override;
    endpoint local_address(const io::channel& c) const noexcept override;
    endpoint peer_address(const io::channel& c) const noexcept override;
    int shutdown_write(io::channel& c) noexcept override;
    int set_option(io::channel&, io::socket_option, int) noexcept override { return 0; }

    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(io::channel& c, io::closing how) noexcept override;
    int release(io::channel& c) noexcept override;
    void wait(instant deadline) override;
    void wake() noexcept override { woken_.store(true); }
    std::size_t in_flight() const noexcept override { return in_flight_; }

private:
    using connection_ptr = std::shared_ptr<connection>;

    bool perform(socket& s, operation& op);
    bool receive(socket& s, operation& op);
    bool send(socket& s, operation& op);
    bool accept(socket& s, operation& op);
    bool connect(socket& s, operation& op);
    bool readable(socket& s) const;
    bool writable(socket& s) const;
    std::size_t space(socket& s) const;

    void arrive(const connection_ptr& link, int end, unique_function<void()> what);
    void send_end(const connection_ptr& link, int to);
    void send_reset(const connection_ptr& link, int to);
    void knock(const connection_ptr& link, int attempt);
    void drop_link(socket& s, io::closing how);

    socket& make_socket(std::string_view attempt);
    bool full() const noexcept { return static_cast<int>(sockets_.size()) >= plan_.descriptors; }
    socket* listener_at(const socket_address& address);
    bool port_taken(const socket_address& address, bool shared) const;
    socket_address with_port(socket_address address);

    void touch(socket* s);
    bool deliver();
    bool attempt(socket& s, operation*& waiting);
    void end_operations(socket& s) noexcept;
    void run_events_until(instant when);

    virtual_clock& clock_;
    splitmix random_;
    faults plan_;
    std::map<int, std::unique_ptr<socket>> sockets_;
    std::multimap<instant, unique_function<void()>> events_;  // equal times: first in, first out
    std::vector<socket*> touched_;
    std::size_t in_flight_ = 0;
    std::uint16_t next_port_ = first_free_port;
    std::atomic<bool> woken_ = false;
};

socket& of(io::channel& c) noexcept {
    return static_cast<socket&>(c);
}

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

io::channel& sim_backend::open_socket(const endpoint&, std::string_view attempt) {
    socket& s = make_socket(attempt);
    s.adopted = true;
    return s;
}

io::channel& sim_backend::listen(const endpoint& at, const io::listen_options& options,
                                 std::string_view attempt) {
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

bool sim_backend::port_taken(const socket_address& address, bool shared) const {
    return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& entry) {
        const socket& s = *entry.second;
        const bool overlap = s.local.ip() == address.ip() || s.local.ip().is_unspecified() ||
                             address.ip().is_unspecified();
        return s.listening && s.local.port() == address.port() && overlap &&
               s.local.ip().is_v4() == address.ip().is_v4() && !(shared && s.shares_port);
    });
}

socket_address sim_backend::with_port(socket_address address) {
    do {
        address = socket_address(address.ip(), next_port_);
        next_port_ = next_port_ == 65535 ? first_free_port
                                         : static_cast<std::uint16_t>(next_port_ + 1);
    } while (port_taken(address, false));
    return address;
}

socket* sim_backend::listener_at(const socket_address& address) {
    std::vector<socket*> found;
    for (const auto& [descriptor, s] : sockets_) {
        const bool here = s->local.ip() == address.ip() ||
                          (s->local.ip().is_unspecified() &&
                           s->local.ip().is_v4() == address.ip().is_v4());
        if (s->listening && s->local.port() == address.port() && here) {
            found.push_back(s.get());
        }
    }
    return found.empty() ? nullptr : found[random_.below(found.size())];
}

endpoint sim_backend::local_address(const io::channel& c) const noexcept {
    return static_cast<const socket&>(c).local.to_endpoint();
}

endpoint sim_backend::peer_address(const io::channel& c) const noexcept {
    const auto& s = static_cast<const socket&>(c);
    return s.connected ? s.link->ends[1 - s.end].address.to_endpoint() : endpoint{};
}

// What goes through the network to one end of a connection, behind all that went before.
void sim_backend::arrive(const connection_ptr& link, int end, unique_function<void()> what) {
    half& to = link->ends[end];
    const std::int64_t jitter = plan_.jitter.count() > 0 ? plan_.jitter.count() : 0;
    const auto extra = random_.below(static_cast<std::uint64_t>(jitter) + 1);
    const instant when =
        clock_.now() + plan_.latency + duration::nanoseconds(static_cast<std::int64_t>(extra));
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
    const int to = 1 - s.end;
    if (s.other().gone) {
        send_reset(s.link, s.end);  // nobody is there, which we hear later
        return true;
    }
    s.other().on_the_way += n;
    arrive(s.link, to, [this, link = s.link, to, bytes = std::string(static_cast<char*>(op.data), n)] {
        half& h = link->ends[to];
        h.on_the_way -= bytes.size();
        if (!h.gone) {
            h.inbox += bytes;
            touch(h.owner);
        }
    });
    s.link->carried += n;
    if (plan_.reset_after != 0 && s.link->carried >= plan_.reset_after) {
        send_reset(s.link, 0);
        send_reset(s.link, 1);
    }
    return true;
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
    if (op.address != nullptr) {
        *op.address = made.other().address.to_endpoint();
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
    if (s.link == nullptr) {
        const auto to = socket_address::from(*op.address);
        if (!to) {
            op.result = -EAFNOSUPPORT;
            return true;
        }
        const auto from = to->ip().is_v4() ? ip_address::loopback_v4() : ip_address::loopback_v6();
        s.link = std::make_shared<connection>();
        s.local = with_port(socket_address(from, 0));
        s.link->ends[0].owner = &s;
        s.link->ends[0].address = s.local;
        s.link->ends[1].address = *to;
        arrive(s.link, 0, [this, link = s.link] { knock(link, 0); });
    }
    op.result = -s.connect_error;
    return s.connected || s.connect_error != 0;
}

bool sim_backend::readable(socket& s) const {
    if (s.listening || !s.connected) {
        return !s.arrived.empty() && !full();
    }
    const half& me = s.own();
    return !me.inbox.empty() || me.end_arrived || me.broken;
}

bool sim_backend::writable(socket& s) const {
    return s.connected && (s.own().broken || s.own().end_sent || space(s) != 0);
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

int sim_backend::release(io::channel& c) noexcept {
    socket& s = of(c);
    end_operations(s);
    s.adopted = false;
    return s.descriptor();
}

}  // namespace

std::unique_ptr<io::backend> make_backend(virtual_clock& clock, std::uint64_t seed,
                                          const faults& plan) {
    return std::make_unique<sim_backend>(clock, seed, plan);
}

}  // namespace nurt::sim

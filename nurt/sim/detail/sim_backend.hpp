// SPDX-License-Identifier: MIT
// nurt/sim/detail/sim_backend.hpp: the class behind make_backend().
//
// Everything that takes a way through the network is an event at a point of virtual time: a piece of
// data, the end of a stream, a reset, a connection. Events change sockets and touch them; wait() then
// tries the operations of touched sockets again, in an order drawn from the seed.
#pragma once

#include "nurt/base/unique_function.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/unix_address.hpp"
#include "nurt/sim/sim_backend.hpp"
#include "nurt/sim/splitmix.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nurt::sim::detail {

using io::endpoint;
using io::opcode;
using io::operation;

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
    std::optional<unix_address> name;  // of a Unix socket, which has no other address

    endpoint endpoint_of() const { return name ? name->to_endpoint() : address.to_endpoint(); }
};

struct connection {
    half ends[2];
    bool on_one_machine = false;  // what it carries is there at once
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
    std::optional<unix_address> name;  // of a Unix socket; without a name it is an empty one
    bool removes_file = false;

    bool datagrams = false;
    std::optional<socket_address> peer;  // of connected datagrams
    std::deque<std::pair<socket_address, std::string>> mailbox;
    std::size_t mailbox_bytes = 0;
    std::vector<ip_address> groups;
    int datagram_error = 0;  // told once

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
    int bind(io::channel& c, const endpoint& from) noexcept override;
    io::channel& listen(const endpoint& at, const io::listen_options& options,
                        std::string_view attempt) override;
    endpoint local_address(const io::channel& c) const noexcept override;
    endpoint peer_address(const io::channel& c) const noexcept override;
    int shutdown_write(io::channel& c) noexcept override;
    int set_option(io::channel&, io::socket_option, int) noexcept override { return 0; }
    io::channel& open_datagrams(const endpoint& at, const io::datagram_options& options,
                                std::string_view attempt) override;
    int receive_datagrams(io::channel& c, io::datagram* first, std::size_t count) noexcept override;
    int send_datagrams(io::channel& c, const io::datagram* first,
                       std::size_t count) noexcept override;
    int set_membership(io::channel& c, bool member, const endpoint& group,
                       unsigned interface) noexcept override;

    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(io::channel& c, io::closing how) noexcept override;
    int release(io::channel& c, std::string* unread) override;
    void wait(instant deadline) override;
    void wake() noexcept override { woken_.store(true); }
    std::size_t in_flight() const noexcept override { return in_flight_; }
    std::size_t channels() const noexcept override { return sockets_.size(); }

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
    void carry(socket& s, std::string bytes);
    void send_end(const connection_ptr& link, int to);
    void send_reset(const connection_ptr& link, int to);
    void knock(const connection_ptr& link, int attempt);
    void drop_link(socket& s, io::closing how);

    io::channel& listen(unix_address name, const io::listen_options& options,
                        std::string_view attempt);
    bool connect(socket& s, const unix_address& to, operation& op);
    void give_up_name(const socket& s) noexcept;

    void arrive(int sender, const socket_address& from, const socket_address& to,
                const std::string& bytes);
    bool hears(const socket& s, const socket_address& from, const socket_address& to) const;
    int send_datagram(socket& s, const io::datagram& d);
    static bool connect_datagrams(socket& s, operation& op);

    socket& make_socket(std::string_view attempt);
    bool full() const noexcept { return static_cast<int>(sockets_.size()) >= plan_.descriptors; }
    socket* listener_at(const socket_address& address);
    bool port_taken(const socket_address& address, bool shared, bool datagrams = false) const;
    socket_address with_port(socket_address address, bool datagrams = false);

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
    std::uint16_t next_port_ = 49152;  // the first that the system gives out
    // Who listens at a name of a Unix socket; null: a file that was left behind.
    std::map<unix_address, socket*> names_;
    unsigned next_name_ = 0;
    std::atomic<bool> woken_ = false;
};

inline socket& of(io::channel& c) noexcept {
    return static_cast<socket&>(c);
}

}  // namespace nurt::sim::detail

// SPDX-License-Identifier: MIT
// nurt/net/datagram_socket.hpp: messages instead of a stream of bytes: UDP, and Unix datagrams.
//
// A datagram arrives whole or not at all. Over a network it may be lost, come twice, or overtake
// another; on one machine's Unix sockets none of that happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "nurt/core/coro.hpp"
#include "nurt/io/datagram.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/detail/datagram_state.hpp"
#include "nurt/net/unix_address.hpp"

namespace nurt {

struct datagram_options {
    bool reuse_address = false;  // several sockets may be bound to the address, for multicast
    bool reuse_port = false;     // what arrives is spread over those who share the port
    bool broadcast = false;      // sending to broadcast addresses is allowed
    int receive_buffer = 0;      // bytes the kernel keeps for us, more are dropped; 0: the system's
    int send_buffer = 0;         // bytes
    bool remove_socket = true;   // of a Unix path: its file goes with the socket, unless replaced
    bool credentials = false;    // of a Unix socket: what arrives tells who sent it, see unix.hpp
};
static_assert(std::is_trivially_destructible_v<datagram_options>);

// A datagram as a value. An aggregate, which functions return; do not write one in an expression with
// co_await.
struct datagram {
    std::string data;
    bool truncated = false;  // it was longer than 64 KiB
    io::endpoint sender;

    socket_address from() const { return socket_address::from(sender).value_or(socket_address()); }
};

// A datagram in memory of the caller.
struct received {
    std::size_t size = 0;    // bytes that are in the memory
    bool truncated = false;  // it was longer, and the rest is lost
    io::endpoint sender;     // as it is, it can be answered with send_to

    socket_address from() const { return socket_address::from(sender).value_or(socket_address()); }
};

// A place for one datagram of a batch.
using datagram_slot = io::datagram;

namespace detail {

// What is set once the socket is open.
void apply(const datagram_options& options, datagram_state& state, std::string_view attempt);

class receive_leaf final : public datagram_leaf {
public:
    receive_leaf(std::shared_ptr<datagram_state> state, std::span<char> to) noexcept
        : datagram_leaf(std::move(state), false, &one_, 1) {
        one_.data = to.data();
        one_.room = to.size();
    }
    received await_resume() const {
        number();
        return {one_.size, one_.truncated, one_.address};
    }

private:
    io::datagram one_;
};

class send_leaf final : public datagram_leaf {
public:
    send_leaf(std::shared_ptr<datagram_state> state, std::string_view data,
              const io::endpoint& to) noexcept
        : datagram_leaf(std::move(state), true, &one_, 1) {
        one_.data = const_cast<char*>(data.data());
        one_.size = data.size();
        one_.address = to;
    }
    void await_resume() const { number(); }

private:
    io::datagram one_;
};

class batch_leaf final : public datagram_leaf {
public:
    batch_leaf(std::shared_ptr<datagram_state> state, bool sends,
               std::span<io::datagram> slots) noexcept
        : datagram_leaf(std::move(state), sends, slots.data(), slots.size()) {}
    std::size_t await_resume() const { return number(); }
};

}  // namespace detail

// Moved, not copied. Any number of tasks may receive and send, each in its turn. A cancelled receive
// loses no datagram, and a cancelled send has sent nothing, or with send_many a part. Closing, and the
// destructor does, ends what waits with os_error(ECANCELED); what was sent stays sent.
//
// os_error: "send to 192.0.2.1:53: Message too long" (more than 65,507 bytes of UDP over IPv4). On a
// connected socket "Connection refused" tells that an earlier datagram found nobody, and comes with
// whichever call is next; that one has then done nothing. usage_error when the socket is closed.
// Python: loop.create_datagram_endpoint.
class datagram_socket {
public:
    datagram_socket() = default;  // closed
    datagram_socket(datagram_socket&&) noexcept = default;
    datagram_socket& operator=(datagram_socket&& other) noexcept;
    ~datagram_socket() { close(); }

    // The next datagram. Gives received; an empty datagram is one. The memory has to stay until then.
    auto receive(std::span<char> to) { return detail::receive_leaf(state_, to); }
    // The same as a string, of up to 64 KiB.
    coro<datagram> receive() { return receive_string(state_); }
    // As many as are there, up to the number of slots, at least one; gives how many. Each slot has to
    // have data and room; size, truncated and address are filled in. One system call for 64.
    auto receive_many(std::span<datagram_slot> slots) {
        return detail::batch_leaf(state_, false, slots);
    }

    // Sends to the peer of a connected socket; to an address. Waits while the kernel has no room. The
    // data has to stay until then.
    auto send(std::string_view data) { return detail::send_leaf(state_, data, {}); }
    auto send_to(std::string_view data, const io::endpoint& to) {
        return detail::send_leaf(state_, data, to);
    }
    auto send_to(std::string_view data, const socket_address& to) {
        return detail::send_leaf(state_, data, to.to_endpoint());
    }
    auto send_to(std::string_view data, const unix_address& to) {
        return detail::send_leaf(state_, data, to.to_endpoint());
    }
    // Sends data, size of each slot to its address, or to the peer where the address is empty; gives
    // how many went. Fewer than all when one failed: sending the rest again tells the error.
    auto send_many(std::span<datagram_slot> slots) {
        return detail::batch_leaf(state_, true, slots);
    }

    // Joins or leaves a multicast group, on an interface ("eth0"), or on the one that the system
    // chooses. os_error.
    void join(const ip_address& group, const std::string& interface = {});
    void leave(const ip_address& group, const std::string& interface = {});
    void set_multicast_interface(const std::string& name);  // where multicast leaves
    void set_multicast_hops(int routers);                   // 1 unless set: the local network
    void set_multicast_loop(bool on);                       // this machine hears it too; on
    void set_hops(int routers);                             // of what is no multicast
    void set_broadcast(bool on);
    void set_receive_buffer(int bytes);
    void set_send_buffer(int bytes);

    // The port that was chosen for port 0 is in it.
    socket_address local_address() const;
    std::uint16_t port() const { return local_address().port(); }
    io::endpoint local_endpoint() const;
    io::endpoint peer_endpoint() const;  // size 0: not connected

    bool is_closed() const noexcept;
    void close() noexcept;  // a second close does nothing

    explicit datagram_socket(std::shared_ptr<detail::datagram_state> state) noexcept
        : state_(std::move(state)) {}
    const std::shared_ptr<detail::datagram_state>& shared() const noexcept { return state_; }

private:
    static coro<datagram> receive_string(std::shared_ptr<detail::datagram_state> state);
    detail::datagram_state& checked() const;
    void set(io::socket_option option, int value, std::string_view what);
    void set_membership(bool member, const ip_address& group, const std::string& interface);

    std::shared_ptr<detail::datagram_state> state_;
};

// A socket with an address, which everybody may send to; port 0 takes a free one. os_error:
// "open 127.0.0.1:53: Permission denied". A Unix path is made, and a former socket there replaced.
datagram_socket open_datagram_socket(const socket_address& at, datagram_options options = {});
datagram_socket open_datagram_socket(const unix_address& at, datagram_options options = {});
// The first address of host; "" means every IPv4 address of the machine.
coro<datagram_socket> open_datagram_socket(std::string host, std::uint16_t port,
                                           datagram_options options = {});

// A socket that sends to one peer and hears only that one. Nothing is sent yet, so it is no error when
// nobody is there. Answers of a Unix peer need an address of ours: give it as from.
datagram_socket connect_datagram_socket(const socket_address& to, datagram_options options = {});
datagram_socket connect_datagram_socket(const unix_address& to, const unix_address& from = {},
                                        datagram_options options = {});
coro<datagram_socket> connect_datagram_socket(std::string host, std::uint16_t port,
                                              datagram_options options = {});

}  // namespace nurt

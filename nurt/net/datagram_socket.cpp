// SPDX-License-Identifier: MIT
// nurt/net/datagram_socket.cpp: see the header.
#include "nurt/net/datagram_socket.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/connect_now.hpp"
#include "nurt/net/resolver.hpp"

#include <cerrno>
#include <vector>

#include <net/if.h>
#include <sys/socket.h>

namespace nurt {

namespace {

using detail::datagram_state;
using state_ptr = std::shared_ptr<datagram_state>;

void check(int result, std::string_view attempt) {
    if (result < 0) {
        throw os_error(-result, attempt);
    }
}

// Bound, if so; the rest of the options is to be applied.
datagram_socket open(const io::endpoint& at, bool bound, const datagram_options& options,
                     std::string_view attempt) {
    event_loop& loop = event_loop::running();
    auto state = std::make_shared<datagram_state>(loop);
    state->open(loop.backend().open_datagrams(
        at,
        {.bound = bound, .reuse_address = options.reuse_address, .reuse_port = options.reuse_port},
        attempt));
    return datagram_socket(std::move(state));
}

void connect(const datagram_socket& from, io::endpoint to, std::string_view attempt) {
    datagram_state& state = *from.shared();
    detail::connect_now op(*state.channel, to);
    if (!state.io.try_now(op)) {
        throw os_error(EOPNOTSUPP, attempt);
    }
    check(static_cast<int>(op.result), attempt);
}

unsigned number_of(const std::string& interface) {
    if (interface.empty()) {
        return 0;
    }
    const unsigned number = ::if_nametoindex(interface.c_str());
    if (number == 0) {
        throw os_error(errno, "network interface " + interface);
    }
    return number;
}

}  // namespace

void detail::apply(const datagram_options& options, datagram_state& state,
                   std::string_view attempt) {
    const auto set = [&](io::socket_option option, int value) {
        if (value != 0) {
            check(state.io.set_option(*state.channel, option, value), attempt);
        }
    };
    set(io::socket_option::broadcast, options.broadcast ? 1 : 0);
    set(io::socket_option::receive_buffer, options.receive_buffer);
    set(io::socket_option::send_buffer, options.send_buffer);
    const int on = 1;
    if (options.credentials &&
        ::setsockopt(state.channel->descriptor(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0) {
        throw os_error(errno, attempt);
    }
}

datagram_socket& datagram_socket::operator=(datagram_socket&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

bool datagram_socket::is_closed() const noexcept {
    return !state_ || state_->channel == nullptr;
}

void datagram_socket::close() noexcept {
    if (state_) {
        state_->close();
    }
}

detail::datagram_state& datagram_socket::checked() const {
    if (is_closed()) {
        throw usage_error("the socket is closed");
    }
    return *state_;
}

coro<datagram> datagram_socket::receive_string(state_ptr state) {
    if (!state) {
        throw usage_error("the socket is closed");
    }
    auto memory = state->take_memory();
    const std::span<char> room(memory.get(), datagram_state::memory_size);
    const received got = co_await detail::receive_leaf(state, room);
    datagram result;
    result.data.assign(memory.get(), got.size);
    result.truncated = got.truncated;
    result.sender = got.sender;
    state->memory = std::move(memory);
    co_return result;
}

void datagram_socket::set(io::socket_option option, int value, std::string_view what) {
    datagram_state& state = checked();
    check(state.io.set_option(*state.channel, option, value), what);
}

void datagram_socket::set_membership(bool member, const ip_address& group,
                                     const std::string& interface) {
    datagram_state& state = checked();
    const int result = state.io.set_membership(
        *state.channel, member, socket_address(group, 0).to_endpoint(), number_of(interface));
    check(result, (member ? "join " : "leave ") + group.to_string());
}

void datagram_socket::join(const ip_address& group, const std::string& interface) {
    set_membership(true, group, interface);
}

void datagram_socket::leave(const ip_address& group, const std::string& interface) {
    set_membership(false, group, interface);
}

void datagram_socket::set_multicast_interface(const std::string& name) {
    set(io::socket_option::multicast_interface, static_cast<int>(number_of(name)),
        "set the interface for multicast");
}

void datagram_socket::set_multicast_hops(int routers) {
    set(io::socket_option::multicast_hops, routers, "set the hops of multicast");
}

void datagram_socket::set_multicast_loop(bool on) {
    set(io::socket_option::multicast_loop, on ? 1 : 0, "set the loop of multicast");
}

void datagram_socket::set_hops(int routers) {
    set(io::socket_option::hops, routers, "set the hops of datagrams");
}

void datagram_socket::set_broadcast(bool on) {
    set(io::socket_option::broadcast, on ? 1 : 0, "allow broadcast");
}

void datagram_socket::set_receive_buffer(int bytes) {
    set(io::socket_option::receive_buffer, bytes, "set the receive buffer");
}

void datagram_socket::set_send_buffer(int bytes) {
    set(io::socket_option::send_buffer, bytes, "set the send buffer");
}

io::endpoint datagram_socket::local_endpoint() const {
    const datagram_state& state = checked();
    return state.io.local_address(*state.channel);
}

socket_address datagram_socket::local_address() const {
    return socket_address::from(local_endpoint()).value_or(socket_address());
}

io::endpoint datagram_socket::peer_endpoint() const {
    const datagram_state& state = checked();
    return state.io.peer_address(*state.channel);
}

datagram_socket open_datagram_socket(const socket_address& at, datagram_options options) {
    const std::string attempt = "open " + at.to_string();
    datagram_socket made = open(at.to_endpoint(), true, options, attempt);
    detail::apply(options, *made.shared(), attempt);
    return made;
}

datagram_socket open_datagram_socket(const unix_address& at, datagram_options options) {
    const std::string attempt = "open " + at.to_string();
    detail::remove_former_socket(at);
    detail::socket_file file(at);
    datagram_socket made = open(at.to_endpoint(), !at.is_unnamed(), options, attempt);
    file.find(attempt);
    detail::apply(options, *made.shared(), attempt);
    if (options.remove_socket) {
        made.shared()->file = std::move(file);
    }
    file.leave();
    return made;
}

coro<datagram_socket> open_datagram_socket(std::string host, std::uint16_t port,
                                           datagram_options options) {
    if (host.empty()) {
        co_return open_datagram_socket(socket_address(ip_address::any_v4(), port), options);
    }
    const std::vector<ip_address> addresses = co_await resolve(std::move(host));
    co_return open_datagram_socket(socket_address(addresses.front(), port), options);
}

datagram_socket connect_datagram_socket(const socket_address& to, datagram_options options) {
    const std::string attempt = "connect " + to.to_string();
    const auto any = to.ip().is_v4() ? ip_address::any_v4() : ip_address::any_v6();
    datagram_socket made = open(socket_address(any, 0).to_endpoint(), false, options, attempt);
    detail::apply(options, *made.shared(), attempt);
    connect(made, to.to_endpoint(), attempt);
    return made;
}

datagram_socket connect_datagram_socket(const unix_address& to, const unix_address& from,
                                        datagram_options options) {
    datagram_socket made = open_datagram_socket(from, options);
    connect(made, to.to_endpoint(), "connect " + to.to_string());
    return made;
}

coro<datagram_socket> connect_datagram_socket(std::string host, std::uint16_t port,
                                              datagram_options options) {
    const std::vector<ip_address> addresses = co_await resolve(std::move(host));
    co_return connect_datagram_socket(socket_address(addresses.front(), port), options);
}

}  // namespace nurt

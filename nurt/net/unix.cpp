// SPDX-License-Identifier: MIT
// nurt/net/unix.cpp: see the header.
#include "nurt/net/unix.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/connect_now.hpp"
#include "nurt/net/detail/listener_state.hpp"
#include "nurt/net/detail/serve.hpp"
#include "nurt/net/detail/tcp_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include <sys/socket.h>
#include <sys/stat.h>

namespace nurt {

namespace {

constexpr duration first_pause = duration::nanoseconds(1'000'000);
constexpr duration longest_pause = duration::nanoseconds(50'000'000);

// A local connect is done at once, or the listener's queue is full: then it is refused with EAGAIN,
// and nothing tells when there is room.
coro<stream> connect_patiently(unix_address to) {
    io::backend& io = event_loop::running().backend();
    const std::string attempt = "connect " + to.to_string();
    io::endpoint address = to.to_endpoint();
    auto bytes = std::make_unique<detail::tcp_stream>(io);
    io::channel& c = io.open_socket(address, attempt);
    bytes->open(c, std::nullopt);
    io.receive_on_request(c);
    for (duration pause = first_pause;; pause = std::min(pause * 2, longest_pause)) {
        detail::connect_now op(c, address);
        if (!io.try_now(op)) {
            throw os_error(EAFNOSUPPORT, attempt);
        }
        if (op.result == 0) {
            co_return stream(std::move(bytes));
        }
        if (op.result != -EAGAIN) {
            throw os_error(static_cast<int>(-op.result), attempt);
        }
        co_await sleep(pause);
    }
}

void set_mode(const unix_address& at, unsigned mode) {
    if (mode != 0 && at.is_path() && ::chmod(at.to_string().c_str(), mode) != 0) {
        throw os_error(errno, "set the mode of " + at.to_string());
    }
}

bool simulated() {
    return event_loop::running().parts().clock->simulated();
}

// For backend::try_now.
class accept_now final : public io::operation {
public:
    explicit accept_now(io::channel& c) noexcept {
        target = &c;
        code = io::opcode::accept;
    }
    void complete() noexcept override {}
};

// Without a machine they are two that meet at a name which nobody else knows.
std::pair<stream, stream> simulated_pair() {
    io::backend& io = event_loop::running().backend();
    auto state = std::make_shared<detail::listener_state>(io, listen_options());
    io::channel& between = io.listen(unix_address().to_endpoint(), {}, "socketpair");
    state->channel = &between;
    const listener owner(std::move(state));
    io::endpoint at = io.local_address(between);
    auto bytes = std::make_unique<detail::tcp_stream>(io);
    io::channel& c = io.open_socket(at, "socketpair");
    bytes->open(c, std::nullopt);
    stream first(std::move(bytes));
    detail::connect_now connect(c, at);
    accept_now accept(between);
    if (!io.try_now(connect) || connect.result != 0 || !io.try_now(accept)) {
        throw os_error(EMFILE, "socketpair");
    }
    return {std::move(first), adopt_socket(static_cast<int>(accept.result))};
}

void make_pair(int kind, io::descriptor (&ends)[2]) {
    int made[2];
    if (::socketpair(AF_UNIX, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, made) != 0) {
        throw os_error(errno, "socketpair");
    }
    ends[0] = io::descriptor(made[0]);
    ends[1] = io::descriptor(made[1]);
}

stream adopt(io::descriptor& owned) {
    stream s = adopt_socket(owned.number());
    owned.release();
    return s;
}

datagram_socket adopt_datagrams(io::descriptor& owned) {
    event_loop& loop = event_loop::running();
    auto state = std::make_shared<detail::datagram_state>(loop);
    state->open(loop.backend().adopt(owned.number()));
    owned.release();
    return datagram_socket(std::move(state));
}

}  // namespace

coro<stream> open_unix_connection(std::string name, duration timeout) {
    const unix_address to(name);
    if (to.is_unnamed()) {
        throw os_error(EINVAL, "connect ''");
    }
    if (timeout == duration::max()) {
        co_return co_await connect_patiently(to);
    }
    try {
        co_return co_await wait_for(connect_patiently(to), timeout);
    } catch (const timeout_error&) {
        throw timeout_error("connect " + to.to_string() + ": timed out");
    }
}

listener listen_unix(const std::string& name, unix_listen_options options) {
    const unix_address at(name);
    const std::string attempt = "listen " + at.to_string();
    io::backend& io = event_loop::running().backend();
    listen_options how;
    how.no_delay = false;
    auto state = std::make_shared<detail::listener_state>(io, how);
    state->is_unix = true;
    detail::remove_former_socket(at);
    detail::socket_file file(at);
    state->channel = &io.listen(
        at.to_endpoint(),
        {.backlog = options.backlog, .mode = options.mode, .remove_file = options.cleanup_socket},
        attempt);
    listener made(state);
    if (simulated()) {
        file.leave();
        return made;
    }
    file.find(attempt);
    set_mode(at, options.mode);
    if (options.cleanup_socket) {
        state->file = std::move(file);
    }
    file.leave();
    return made;
}

coro<server> start_unix_server(connection_handler handler, std::string name,
                               unix_listen_options options) {
    std::vector<listener> listeners;
    listeners.push_back(listen_unix(name, options));
    co_return detail::serve(std::move(handler), std::move(listeners), options.connections);
}

std::pair<stream, stream> stream_pair() {
    if (simulated()) {
        return simulated_pair();
    }
    io::descriptor ends[2];
    make_pair(SOCK_STREAM, ends);
    stream first = adopt(ends[0]);
    return {std::move(first), adopt(ends[1])};
}

std::pair<datagram_socket, datagram_socket> datagram_pair(datagram_options options) {
    io::descriptor ends[2];
    make_pair(SOCK_DGRAM, ends);
    datagram_socket first = adopt_datagrams(ends[0]);
    datagram_socket second = adopt_datagrams(ends[1]);
    detail::apply(options, *first.shared(), "socketpair");
    detail::apply(options, *second.shared(), "socketpair");
    return {std::move(first), std::move(second)};
}

}  // namespace nurt

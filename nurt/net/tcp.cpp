// SPDX-License-Identifier: MIT
// nurt/net/tcp.cpp: see the header.
#include "nurt/net/tcp.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/detail/listener_state.hpp"
#include "nurt/net/detail/staggered.hpp"
#include "nurt/net/detail/tcp_stream.hpp"
#include "nurt/net/resolver.hpp"
#include "nurt/net/unix_address.hpp"

#include <cerrno>
#include <coroutine>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace nurt {

namespace {

// Gives 0 or -errno.
class connect_leaf final : public detail::operation_leaf {
public:
    connect_leaf(io::backend& io, io::channel& c, const socket_address& to) noexcept
        : io_(io), to_(to.to_endpoint()) {
        code = io::opcode::connect;
        target = &c;
        address = &to_;
    }
    bool await_ready() noexcept { return io_.try_now(*this); }
    void await_suspend(std::coroutine_handle<>) noexcept { io_.submit(*this); }
    int await_resume() const noexcept { return static_cast<int>(result); }

private:
    bool take_back() noexcept override { return io_.cancel(*this); }

    io::backend& io_;
    io::endpoint to_;
};

// What fails here concerns speed only, or is no socket of TCP.
template <class Options>
void set_options(io::backend& io, io::channel& c, const Options& options) noexcept {
    if (options.no_delay) {
        io.set_option(c, io::socket_option::no_delay, 1);
    }
    if (options.keep_alive) {
        io.set_option(c, io::socket_option::keep_alive, 1);
    }
}

coro<stream> connect_one(socket_address to, connect_options options) {
    io::backend& io = event_loop::running().backend();
    const std::string attempt = "connect " + to.to_string();
    auto bytes = std::make_unique<detail::tcp_stream>(io);
    io::channel& c = io.open_socket(to.to_endpoint(), attempt);
    bytes->open(c, to);
    if (options.local_address) {
        if (const int error = io.bind(c, options.local_address->to_endpoint()); error != 0) {
            throw os_error(-error, attempt + " from " + options.local_address->to_string());
        }
    }
    const int result = co_await connect_leaf(io, c, to);
    if (result < 0) {
        throw os_error(-result, attempt);
    }
    set_options(io, c, options);
    co_return stream(std::move(bytes));
}

// One error for all of them, with the code of the last.
os_error summary(const std::string& host, std::uint16_t port,
                 const std::vector<ip_address>& addresses, const exception_group& failed) {
    std::string failures;
    std::error_code last;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        try {
            std::rethrow_exception(failed.errors()[i]);
        } catch (const os_error& e) {
            last = e.code();
            failures += (i == 0 ? "" : ", ") + addresses[i].to_string() + ": " + last.message();
        }
    }
    return os_error(last, "connect " + host + ':' + std::to_string(port) + " (" + failures + ')');
}

coro<stream> connect_any(std::string host, std::uint16_t port, connect_options options) {
    std::vector<ip_address> addresses = co_await resolve(host);
    if (options.local_address) {
        const bool four = options.local_address->ip().is_v4();
        std::erase_if(addresses, [four](const ip_address& ip) { return ip.is_v4() != four; });
        if (addresses.empty()) {
            throw os_error(EAFNOSUPPORT, "connect " + host + ':' + std::to_string(port) + " from " +
                                             options.local_address->to_string());
        }
    }
    if (addresses.size() == 1 && !options.all_errors) {
        co_return co_await connect_one(socket_address(addresses.front(), port), options);
    }
    if (options.interleave) {
        addresses = detail::interleaved(addresses);
    }
    detail::connect_attempt attempt = [port, options](ip_address ip) {
        return connect_one(socket_address(ip, port), options);
    };
    try {
        co_return co_await detail::first_connection(addresses, options.attempt_delay,
                                                    std::move(attempt));
    } catch (const exception_group& failed) {
        if (options.all_errors) {
            throw;
        }
        throw summary(host, port, addresses, failed);
    }
}

}  // namespace

namespace detail {

namespace {

// " at 127.0.0.1:80"; "" when nobody can say it any more.
std::string place_of(const listener_state& state) {
    if (state.channel == nullptr) {
        return {};
    }
    const io::endpoint here = state.io.local_address(*state.channel);
    if (const auto ip = socket_address::from(here)) {
        return " at " + ip->to_string();
    }
    const auto name = unix_address::from(here);
    return name && !name->is_unnamed() ? " at " + name->to_string() : std::string();
}

}  // namespace

accept_leaf::accept_leaf(std::shared_ptr<listener_state> state) : state_(std::move(state)) {
    code = io::opcode::accept;
    address = &peer_;
}

bool accept_leaf::await_ready() {
    if (!state_ || state_->channel == nullptr) {
        throw usage_error("the listener is closed");
    }
    if (state_->accepting) {
        throw usage_error("another task is accepting from this listener already");
    }
    target = state_->channel;
    if (!state_->io.try_now(*this)) {
        return false;
    }
    done_ = !this_thread.loop->spend_budget();
    return !done_;
}

void accept_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (done_) {
        leaf::complete();
        return;
    }
    state_->accepting = true;
    state_->io.submit(*this);
}

bool accept_leaf::take_back() noexcept {
    if (!state_->io.cancel(*this)) {
        return false;
    }
    state_->accepting = false;
    return true;
}

void accept_leaf::complete() noexcept {
    state_->accepting = false;
    operation_leaf::complete();
}

stream accept_leaf::await_resume() {
    if (result < 0) {
        throw os_error(static_cast<int>(-result), "accept" + place_of(*state_));
    }
    io::backend& io = state_->io;
    io::descriptor owner(static_cast<int>(result));
    auto bytes = std::make_unique<tcp_stream>(io);
    io::channel& c = io.adopt(owner.number());
    owner.release();
    bytes->open(c, socket_address::from(peer_));
    if (state_->is_unix) {
        io.receive_on_request(c);  // its bytes may come with descriptors
    }
    set_options(io, c, state_->options);
    return stream(std::move(bytes));
}

}  // namespace detail

coro<stream> connect(std::string host, std::uint16_t port, connect_options options) {
    if (options.timeout == duration::max()) {
        co_return co_await connect_any(std::move(host), port, options);
    }
    const std::string attempt = "connect " + host + ':' + std::to_string(port);
    try {
        co_return co_await wait_for(connect_any(std::move(host), port, options), options.timeout);
    } catch (const timeout_error&) {
        throw timeout_error(attempt + ": timed out");
    }
}

coro<stream> connect(socket_address to, connect_options options) {
    if (options.timeout == duration::max()) {
        return connect_one(to, options);
    }
    return connect(to.ip().to_string(), to.port(), options);
}

stream adopt_socket(int descriptor) {
    io::backend& io = event_loop::running().backend();
    auto bytes = std::make_unique<detail::tcp_stream>(io);
    detail::tcp_stream& socket = *bytes;
    stream made(std::move(bytes));
    // Fails for what is no descriptor of this process, in a simulation for all: the backend decides.
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) {
        ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    }
    io::channel& c = io.adopt(descriptor);
    const io::endpoint there = io.peer_address(c);
    const auto peer = socket_address::from(there);
    if (peer) {
        io.set_option(c, io::socket_option::no_delay, 1);
    } else {
        io.receive_on_request(c);  // its bytes may come with descriptors
    }
    socket.open(c, peer);
    return made;
}

released_socket release_socket(stream s) {
    auto* bytes = dynamic_cast<detail::tcp_stream*>(s.shared()->bytes.get());
    if (bytes == nullptr) {
        throw usage_error("this stream has no socket");
    }
    std::string unread;
    const auto owner = s.release(&unread);
    const int descriptor = bytes->release(unread);
    return released_socket(descriptor, std::move(unread));
}

stream adopt_socket(released_socket socket) {
    stream made = adopt_socket(socket.descriptor());
    socket.take();
    if (const std::string& unread = socket.unread(); !unread.empty()) {
        detail::read_buffer& buffer = made.shared()->buffer;
        std::memcpy(buffer.room(unread.size()).data, unread.data(), unread.size());
        buffer.filled(unread.size());
    }
    return made;
}

released_socket& released_socket::operator=(released_socket&& other) noexcept {
    if (this != &other) {
        close();
        descriptor_ = other.take();
        unread_ = std::move(other.unread_);
    }
    return *this;
}

void released_socket::close() noexcept {
    if (descriptor_ >= 0) {
        ::close(take());
    }
}

listener& listener::operator=(listener&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

detail::accept_leaf listener::accept() {
    return detail::accept_leaf(state_);
}

socket_address listener::address() const {
    if (is_closed()) {
        throw usage_error("the listener is closed");
    }
    return socket_address::from(state_->io.local_address(*state_->channel))
        .value_or(socket_address());
}

io::endpoint listener::endpoint() const {
    return is_closed() ? io::endpoint{} : state_->io.local_address(*state_->channel);
}

bool listener::is_closed() const noexcept {
    return !state_ || state_->channel == nullptr;
}

void listener::close() noexcept {
    if (!is_closed()) {
        state_->file.remove();
        state_->io.close(*std::exchange(state_->channel, nullptr), io::closing::flush);
    }
}

listener listen(const socket_address& at, listen_options options) {
    io::backend& io = event_loop::running().backend();
    auto state = std::make_shared<detail::listener_state>(io, options);
    state->channel =
        &io.listen(at.to_endpoint(), {.backlog = options.backlog, .reuse_port = options.reuse_port},
                   "listen " + at.to_string());
    return listener(std::move(state));
}

coro<listener> listen(std::string host, std::uint16_t port, listen_options options) {
    if (host.empty()) {
        co_return listen(socket_address(ip_address::any_v4(), port), options);
    }
    const std::vector<ip_address> addresses = co_await resolve(std::move(host));
    co_return listen(socket_address(addresses.front(), port), options);
}

}  // namespace nurt

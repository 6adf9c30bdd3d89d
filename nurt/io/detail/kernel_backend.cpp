// SPDX-License-Identifier: MIT
// nurt/io/detail/kernel_backend.cpp: see the header.
#include "nurt/io/detail/kernel_backend.hpp"

#include <utility>

#include <time.h>

namespace nurt::io::detail {

namespace {

constexpr duration longest_rest = duration::nanoseconds(100'000'000);

}  // namespace

instant monotonic_now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return instant::from(t.tv_sec * 1'000'000'000 + t.tv_nsec);
}

channel& kernel_backend::adopt_new(io::descriptor owner) {
    channel& c = adopt(owner.number());
    owner.release();
    return c;
}

channel& kernel_backend::adopt_bound(io::descriptor owner, const endpoint& at) {
    try {
        return adopt_new(std::move(owner));
    } catch (...) {
        detail::remove_socket_file(at);
        throw;
    }
}

channel& kernel_backend::open_socket(const endpoint& towards, std::string_view attempt) {
    channel& c = adopt_new(io::descriptor(detail::open_stream_socket(towards, attempt)));
    static_cast<kernel_channel&>(c).known_empty = true;  // nobody has spoken yet
    return c;
}

channel& kernel_backend::listen(const endpoint& at, const listen_options& options,
                                std::string_view attempt) {
    return adopt_bound(io::descriptor(detail::listen_stream_socket(at, options, attempt)), at);
}

channel& kernel_backend::open_datagrams(const endpoint& at, const datagram_options& options,
                                        std::string_view attempt) {
    io::descriptor made(detail::open_datagram_socket(at, options, attempt));
    channel& c = options.bound ? adopt_bound(std::move(made), at) : adopt_new(std::move(made));
    static_cast<kernel_channel&>(c).is_socket = false;  // there is nothing to flush or to drop
    return c;
}

endpoint kernel_backend::local_address(const channel& c) const noexcept {
    return detail::local_address(c.descriptor());
}

endpoint kernel_backend::peer_address(const channel& c) const noexcept {
    return detail::peer_address(c.descriptor());
}

int kernel_backend::bind(channel& c, const endpoint& from) noexcept {
    return detail::bind(c.descriptor(), from);
}

int kernel_backend::shutdown_write(channel& c) noexcept {
    return detail::shutdown_write(c.descriptor());
}

int kernel_backend::set_option(channel& c, socket_option option, int value) noexcept {
    return detail::set_option(c.descriptor(), option, value);
}

bool kernel_backend::perform(kernel_channel& c, operation& op) noexcept {
    switch (op.code) {
        case opcode::receive: return perform_receive(c, op);
        case opcode::send: return perform_send(c, op);
        case opcode::accept: return perform_accept(c, op);
        case opcode::connect: return perform_connect(c, op);
        case opcode::wait_readable:
        case opcode::wait_writable: op.result = 0; return true;
    }
    return false;
}

namespace {

// The call was interrupted, or it is no socket and another call is needed.
bool needs_another_call(const kernel_channel& c, std::int64_t result) noexcept {
    return !c.is_socket || result == -EINTR || result == -ENOTSOCK;
}

}  // namespace

// An error, the end of the stream, or something that is no socket. An error is told only once by
// the kernel, so the call is not repeated for it.
bool kernel_backend::receive_otherwise(kernel_channel& c, operation& op) noexcept {
    if (needs_another_call(c, op.result)) {
        op.result = detail::receive(c.descriptor(), op.data, op.size, c.is_socket);
    }
    if (op.result == -EAGAIN) {
        c.known_empty = true;
        return false;
    }
    c.known_empty = op.result >= 0 && static_cast<std::size_t>(op.result) < op.size;
    return true;
}

bool kernel_backend::send_otherwise(kernel_channel& c, operation& op) noexcept {
    if (needs_another_call(c, op.result)) {
        op.result = detail::send(c.descriptor(), op.data, op.size, c.is_socket);
    }
    c.write_fell_short = op.result < 0 || static_cast<std::size_t>(op.result) < op.size;
    return op.result != -EAGAIN;
}

bool kernel_backend::perform_accept(kernel_channel& c, operation& op) noexcept {
    if (c.rests()) {
        return false;
    }
    op.result = detail::accept(c.descriptor(), op.address);
    if (lacks_resources(op.result)) {
        rest(c);
        return false;
    }
    return op.result != -EAGAIN;
}

bool kernel_backend::perform_connect(kernel_channel& c, operation& op) noexcept {
    if (c.connecting) {
        op.result = detail::connect_result(c.descriptor());
        c.connecting = false;
        return true;
    }
    op.result = detail::start_connect(c.descriptor(), *op.address);
    c.connecting = op.result == -EINPROGRESS;
    return !c.connecting;
}

void kernel_backend::finish_later(operation& op, std::int64_t result) noexcept {
    op.result = result;
    finished_.push_back(op);
}

void kernel_backend::deliver_finished() noexcept {
    intrusive_list<operation> batch;
    batch.splice_back(finished_);  // complete() may submit, and that may finish at once
    while (operation* op = batch.pop_front()) {
        finish(*op);
    }
}

void kernel_backend::end_operations(kernel_channel& c) noexcept {
    for (operation** waiting : {&c.reader, &c.writer}) {
        if (operation* op = *waiting) {
            *waiting = nullptr;
            op->result = -ECANCELED;
            finish(*op);
        }
    }
}

void kernel_backend::part(kernel_channel& c, closing how) noexcept {
    if (how == closing::abort) {
        detail::reset_on_close(c.descriptor());
    } else if (c.is_socket) {
        if (!c.known_empty && !c.rests()) {
            detail::drop_unread(c.descriptor());
        }
        if (c.write_fell_short) {
            detail::limit_flush(c.descriptor());
        }
    }
}

bool kernel_backend::lacks_resources(std::int64_t result) noexcept {
    switch (-result) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return true;
        default: return false;
    }
}

void kernel_backend::rest(kernel_channel& c) noexcept {
    if (resting_.empty()) {
        rest_until_ = monotonic_now() + longest_rest;
    }
    if (!c.rests()) {
        resting_.push_back(c);
    }
}

}  // namespace nurt::io::detail

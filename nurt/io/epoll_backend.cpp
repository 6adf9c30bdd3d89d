// SPDX-License-Identifier: MIT
// nurt/io/epoll_backend.cpp: descriptors and operations; detail/epoll_set.cpp has the waiting.
#include "nurt/io/epoll_backend.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/detail/epoll_backend.hpp"
#include "nurt/io/detail/kernel_calls.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace nurt::io {

namespace detail {

namespace {

constexpr duration accept_pause = duration::nanoseconds(100'000'000);

epoll_channel& of(channel& c) noexcept {
    return static_cast<epoll_channel&>(c);
}

operation*& slot(epoll_channel& c, const operation& op) noexcept {
    switch (op.code) {
        case opcode::send:
        case opcode::connect:
        case opcode::wait_writable: return c.writer;
        default: return c.reader;
    }
}

}  // namespace

epoll_backend::epoll_backend() {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) {
        throw os_error(errno, "epoll_create1");
    }
    eventfd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (eventfd_ < 0) {
        const int code = errno;
        ::close(epoll_);
        throw os_error(code, "eventfd");
    }
    rebuild();
}

epoll_backend::~epoll_backend() {
    for (epoll_channel& c : slots_) {
        if (c.is_open()) {
            detail::close(c.descriptor());
        }
    }
    if (!forked_) {
        ::close(eventfd_);
        ::close(epoll_);
    }
}

channel& epoll_backend::adopt(int descriptor) {
    if (descriptor < 0) {
        throw os_error(EBADF, "adopt");
    }
    if (free_.empty()) {
        if (free_.capacity() <= slots_.size()) {
            free_.reserve(2 * slots_.size() + 16);  // so that close() never allocates
        }
        slots_.emplace_back(static_cast<std::uint32_t>(slots_.size()));
        free_.push_back(slots_.back().index);
    }
    epoll_channel& c = slots_[free_.back()];
    free_.pop_back();
    c.open(descriptor);
    return c;
}

channel& epoll_backend::open_socket(const endpoint& towards, std::string_view attempt) {
    channel& c = adopt(detail::open_stream_socket(towards, attempt));
    of(c).known_empty = true;  // nobody has spoken yet, and if so, epoll tells
    return c;
}

channel& epoll_backend::listen(const endpoint& at, const listen_options& options,
                               std::string_view attempt) {
    return adopt(detail::listen_stream_socket(at, options, attempt));
}

endpoint epoll_backend::local_address(const channel& c) const noexcept {
    return detail::local_address(c.descriptor());
}

endpoint epoll_backend::peer_address(const channel& c) const noexcept {
    return detail::peer_address(c.descriptor());
}

int epoll_backend::shutdown_write(channel& c) noexcept {
    return detail::shutdown_write(c.descriptor());
}

int epoll_backend::set_option(channel& c, socket_option option, int value) noexcept {
    return detail::set_option(c.descriptor(), option, value);
}

// One attempt of the system call behind an operation. False: it would have had to wait.
bool epoll_backend::perform(epoll_channel& c, operation& op) noexcept {
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

bool epoll_backend::perform_receive(epoll_channel& c, operation& op) noexcept {
    op.result = detail::receive(c.descriptor(), op.data, op.size, c.is_socket);
    if (op.result == -EAGAIN) {
        c.known_empty = true;
        return false;
    }
    c.known_empty = op.result >= 0 && static_cast<std::size_t>(op.result) < op.size;
    return true;
}

bool epoll_backend::perform_send(epoll_channel& c, operation& op) noexcept {
    op.result = detail::send(c.descriptor(), op.data, op.size, c.is_socket);
    c.write_fell_short = op.result < 0 || static_cast<std::size_t>(op.result) < op.size;
    return op.result != -EAGAIN;
}

bool epoll_backend::perform_accept(epoll_channel& c, operation& op) noexcept {
    if (c.paused) {
        return false;
    }
    op.result = detail::accept(c.descriptor(), op.address);
    switch (-op.result) {
        case EAGAIN: return false;
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            // The connection stays in the kernel's queue, so its event would repeat at once and
            // for ever: the listener rests until a descriptor is free, or for a while.
            c.paused = true;
            ++paused_;
            resume_at_ = monotonic_now() + accept_pause;
            if (c.registered) {
                watch(c, c.wanted());
            }
            return false;
        default: return true;
    }
}

bool epoll_backend::perform_connect(epoll_channel& c, operation& op) noexcept {
    if (c.connecting) {
        op.result = detail::connect_result(c.descriptor());
        c.connecting = false;
        return true;
    }
    op.result = detail::start_connect(c.descriptor(), *op.address);
    c.connecting = op.result == -EINPROGRESS;
    return !c.connecting;
}

bool epoll_backend::try_now(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    assert(slot(c, op) == nullptr && "one operation each way at a time");
    switch (op.code) {
        case opcode::receive: return (!c.known_empty || c.hung_up) && perform_receive(c, op);
        case opcode::wait_readable:
        case opcode::wait_writable: return false;
        case opcode::connect: return !c.connecting && perform_connect(c, op);
        default: return perform(c, op);
    }
}

void epoll_backend::submit(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    operation*& waiting = slot(c, op);
    assert(waiting == nullptr && "one operation each way at a time");
    ++in_flight_;
    op.in_flight = true;
    if (op.code == opcode::connect && !c.connecting && perform_connect(c, op)) {
        finish_later(op, op.result);
        return;
    }
    waiting = &op;
    const std::uint32_t wanted = c.wanted();
    if ((c.mask & wanted) == wanted) {
        return;
    }
    // Reading stays watched, writing does not: a socket is nearly always writable.
    if (const int error = watch(c, wanted | (c.mask & reading)); error != 0) {
        waiting = nullptr;
        // EPERM: a kind of file that epoll does not know, because it never has to wait.
        const bool never_waits = error == EPERM && perform(c, op);
        finish_later(op, never_waits ? op.result : -error);
    }
}

bool epoll_backend::cancel(operation& op) noexcept {
    if (op.linked()) {
        return false;  // it has a result already
    }
    slot(of(*op.target), op) = nullptr;
    op.in_flight = false;
    --in_flight_;
    return true;
}

void epoll_backend::finish(operation& op) noexcept {
    op.in_flight = false;
    --in_flight_;
    op.complete();
}

void epoll_backend::finish_later(operation& op, std::int64_t result) noexcept {
    op.result = result;
    finished_.push_back(op);
}

void epoll_backend::deliver_finished() noexcept {
    intrusive_list<operation> batch;
    batch.splice_back(finished_);  // complete() may submit, and that may finish at once
    while (operation* op = batch.pop_front()) {
        finish(*op);
    }
}

void epoll_backend::end_operations(epoll_channel& c) noexcept {
    for (operation** waiting : {&c.reader, &c.writer}) {
        if (operation* op = *waiting) {
            *waiting = nullptr;
            op->result = -ECANCELED;
            finish(*op);
        }
    }
}

void epoll_backend::close(channel& given, closing how) noexcept {
    epoll_channel& c = of(given);
    if (forked_) {  // the connection is the parent's
        detail::close(c.descriptor());
        c.clear();
        return;
    }
    if (how == closing::abort) {
        detail::reset_on_close(c.descriptor());
    } else if (c.is_socket) {
        if (!c.known_empty && !c.paused) {
            detail::drop_unread(c.descriptor());
        }
        if (c.write_fell_short) {
            detail::limit_flush(c.descriptor());
        }
    }
    const int descriptor = c.descriptor();
    end_operations(c);
    paused_ -= c.paused ? 1 : 0;
    c.clear();
    free_.push_back(c.index);
    detail::close(descriptor);
    if (paused_ != 0) {
        resume_listeners();
    }
}

void epoll_backend::after_fork() noexcept {
    forked_ = true;
    ::close(std::exchange(epoll_, -1));
    ::close(std::exchange(eventfd_, -1));
}

int epoll_backend::release(channel& given) noexcept {
    epoll_channel& c = of(given);
    const int descriptor = c.descriptor();
    if (c.registered) {
        unwatch(c);
    }
    end_operations(c);
    paused_ -= c.paused ? 1 : 0;
    c.clear();
    free_.push_back(c.index);
    return descriptor;
}

}  // namespace detail

std::unique_ptr<backend> make_epoll_backend() {
    return std::make_unique<detail::epoll_backend>();
}

}  // namespace nurt::io

// SPDX-License-Identifier: MIT
// nurt/io/epoll_backend.cpp: descriptors and operations; detail/epoll_set.cpp has the waiting.
#include "nurt/io/epoll_backend.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/detail/epoll_backend.hpp"
#include "nurt/io/detail/kernel_calls.hpp"
#include "nurt/io/standard_descriptors.hpp"

#include <cassert>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

namespace nurt::io {

namespace detail {

namespace {

epoll_channel& of(channel& c) noexcept {
    return static_cast<epoll_channel&>(c);
}

}  // namespace

epoll_backend::epoll_backend() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) {
        throw os_error(errno, "epoll_create1");
    }
    if (const int error = watch_bell(); error != 0) {
        ::close(epoll_);
        throw os_error(error, "epoll_ctl");
    }
}

epoll_backend::~epoll_backend() {
    channels_.for_each([](epoll_channel& c) {
        if (c.is_open()) {
            detail::close(c.descriptor());
        }
    });
    if (!forked_) {
        ::close(epoll_);
    }
}

channel& epoll_backend::adopt(int descriptor) {
    if (descriptor < 0) {
        throw os_error(EBADF, "adopt");
    }
    const auto number = static_cast<std::size_t>(descriptor);
    if (number >= members_.size()) {
        members_.resize(number * 2 + 16);
    }
    make_room_for(descriptor);
    epoll_channel& c = channels_.take();
    c.open(descriptor);
    hold(c);
    return c;
}

bool epoll_backend::try_now(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    assert(waiting_place(c, op.code) == nullptr && "one operation each way at a time");
    if (op.code == opcode::receive) {
        return (!c.known_empty || c.hung_up) && !held_ && perform_receive(c, op);
    }
    return op.code == opcode::send ? perform_send(c, op) : try_other(c, op);
}

bool epoll_backend::try_other(epoll_channel& c, operation& op) noexcept {
    switch (op.code) {
        case opcode::accept: return !held_ && perform_accept(c, op);
        case opcode::connect: return !c.connecting && perform_connect(c, op);
        default: return false;
    }
}

void epoll_backend::submit(operation& op) noexcept {
    epoll_channel& c = of(*op.target);
    begin(op);
    if (op.code == opcode::receive && (c.mask & reading) != 0) [[likely]] {
        assert(c.reader == nullptr && "one operation each way at a time");
        c.reader = &op;
    } else {
        submit_watched(c, op);
    }
}

// Watches for what the operation waits for.
void epoll_backend::submit_watched(epoll_channel& c, operation& op) noexcept {
    operation*& waiting = waiting_place(c, op.code);
    assert(waiting == nullptr && "one operation each way at a time");
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
    waiting_place(of(*op.target), op.code) = nullptr;
    op.in_flight = false;
    --in_flight_;
    return true;
}

// Ends what waits on the channel, and its life; gives the descriptor.
int epoll_backend::take_out(epoll_channel& c) noexcept {
    const int descriptor = c.descriptor();
    end_operations(c);
    c.stop_resting();
    let_go(c);
    c.clear();
    channels_.give_back(c);
    return descriptor;
}

void epoll_backend::close(channel& given, closing how) noexcept {
    epoll_channel& c = of(given);
    if (forked_) {  // the connection is the parent's
        detail::close(c.descriptor());
        c.clear();
        return;
    }
    part(c, how);
    detail::close(take_out(c));
    if (anybody_rests() && !held_) {
        end_rest();  // there is a free descriptor now
    }
}

void epoll_backend::hold_input(bool on) noexcept {
    held_ = on;
    if (!on) {
        end_rest();
    }
}

void epoll_backend::after_fork() noexcept {
    forked_ = true;
    ::close(std::exchange(epoll_, -1));
    bell_.after_fork();
}

int epoll_backend::release(channel& given, std::string*) {
    epoll_channel& c = of(given);
    if (c.registered) {
        unwatch(c);
    }
    return take_out(c);
}

}  // namespace detail

std::unique_ptr<backend> make_epoll_backend() {
    keep_standard_descriptors();
    return std::make_unique<detail::epoll_backend>();
}

}  // namespace nurt::io

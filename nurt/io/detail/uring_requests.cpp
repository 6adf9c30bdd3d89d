// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_requests.cpp: what is handed over to the kernel, in one call a turn.
#include "nurt/base/error.hpp"
#include "nurt/io/detail/uring_backend.hpp"

#include <cerrno>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace nurt::io::detail {

void fill_in(io_uring_sqe& entry, request r, int descriptor, const void* data,
             std::size_t size) noexcept {
    entry.fd = descriptor;
    switch (r) {
        case request::receive:
            entry.opcode = IORING_OP_RECV;
            entry.ioprio = IORING_RECV_MULTISHOT;
            entry.flags = IOSQE_BUFFER_SELECT;
            break;
        case request::accept:
            entry.opcode = IORING_OP_ACCEPT;
            entry.ioprio = IORING_ACCEPT_MULTISHOT;
            entry.accept_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
            break;
        case request::read_poll:
            entry.opcode = IORING_OP_POLL_ADD;
            entry.poll32_events = EPOLLIN | EPOLLRDHUP;
            break;
        case request::write_poll:
            entry.opcode = IORING_OP_POLL_ADD;
            entry.poll32_events = EPOLLOUT;
            break;
        case request::send:
            entry.opcode = IORING_OP_SEND;
            entry.addr = reinterpret_cast<std::uintptr_t>(data);
            entry.len = static_cast<unsigned>(size);
            entry.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL;
            break;
    }
}

namespace {

// A pipe is received from by another request, which has no flag for what it always does.
void read_instead(io_uring_sqe& entry) noexcept {
    entry.opcode = op_read_multishot;
    entry.ioprio = 0;
    entry.off = ~std::uint64_t{0};
}

}  // namespace

void uring_backend::prepare() noexcept {
    while (uring_channel* c = queue_.front()) {
        if (prepare(*c)) {
            c->queued_link::unlink();
        } else if (ring_.submit() != 0 || ring_.is_full()) {
            return;  // the kernel takes no more: the rest stays queued until the next call
        }
    }
    if (!files_.empty()) [[unlikely]] {
        prepare_files();
    }
}

// False: the submission queue is full.
bool uring_backend::prepare(uring_channel& c) noexcept {
    c.unwanted &= c.armed;  // what has ended meanwhile need not be cancelled
    while ((c.unwanted | c.wanted) != 0) {
        io_uring_sqe* entry = ring_.next();
        if (entry == nullptr) {
            return false;
        }
        if (c.unwanted != 0) {
            const unsigned bit = c.unwanted & (~c.unwanted + 1U);
            c.unwanted ^= static_cast<std::uint8_t>(bit);
            ++c.cancels;
            entry->opcode = IORING_OP_ASYNC_CANCEL;
            entry->fd = -1;
            entry->addr = tag_of(c, kind_of(bit));
            entry->user_data = tag_of(c, tag_cancel);
        } else {
            const unsigned bit = c.wanted & (~c.wanted + 1U);
            c.wanted ^= static_cast<std::uint8_t>(bit);
            c.armed |= static_cast<std::uint8_t>(bit);
            entry->user_data = tag_of(c, kind_of(bit));
            const auto what = static_cast<request>(bit);
            if (what == request::send) {
                fill_in(*entry, what, c.descriptor(), c.writer->data, c.writer->size);
                if (c.joins()) {
                    entry->flags |= IOSQE_CQE_SKIP_SUCCESS;
                    entry->msg_flags |= MSG_WAITALL;  // so that a part is no success
                }
            } else {
                fill_in(*entry, what, c.descriptor());
                if (what == request::receive && c.own_pipe) {
                    read_instead(*entry);
                }
            }
        }
    }
    return true;
}

void uring_backend::watch_bell() noexcept {
    if (bell_watched_) {
        return;
    }
    io_uring_sqe* entry = ring_.next();
    if (entry == nullptr) {
        return;  // the queue is full, so this wait will not sleep
    }
    entry->opcode = IORING_OP_POLL_ADD;
    entry->fd = bell_.descriptor();
    entry->len = IORING_POLL_ADD_MULTI;
    entry->poll32_events = EPOLLIN;
    entry->user_data = tag_bell;
    bell_watched_ = true;
}

void uring_backend::forget_bell() noexcept {
    io_uring_sqe* entry = bell_watched_ ? ring_.next() : nullptr;
    if (entry == nullptr) {
        bell_watched_ = false;  // not now: closing the ring ends it as well
        return;
    }
    entry->opcode = IORING_OP_ASYNC_CANCEL;
    entry->fd = -1;
    entry->addr = tag_bell;
    entry->user_data = tag_none;
}

void uring_backend::wait(instant deadline) {
    if (forked_) {
        return;
    }
    if (!finished_.empty() || unsettled_) {
        deliver_finished();
        deadline = instant{};
    }
    if (anybody_rests()) {
        if (rest_until() <= monotonic_now()) {
            end_rest();
        } else if (rest_until() < deadline) {
            deadline = rest_until();
        }
    }
    watch_bell();
    prepare();
    std::int64_t nanoseconds = time_to_sleep(deadline);
    const bool sleeps = nanoseconds != 0;
    if (sleeps && !bell_.lie_down()) {
        nanoseconds = 0;
    }
    if (sleeps || ring_.has_requests() || ring_.wants_entry()) {
        enter(nanoseconds);
    }
    if (sleeps) {
        bell_.get_up();
    }
    bell_.heard();
    if (!joined_.empty()) {
        settle_joined();
    }
    const std::size_t before = in_flight_;
    collect();
    finished_last_ = static_cast<unsigned>(before - in_flight_);
}

// 0: only look; -1: until something happens.
std::int64_t uring_backend::time_to_sleep(instant deadline) noexcept {
    if (deadline.count() <= 0 || !queue_.empty() || !files_.empty() || ring_.has_results()) {
        return 0;
    }
    if (deadline == instant::never()) {
        return -1;
    }
    const duration left = deadline - monotonic_now();
    return left > duration::zero() ? left.count() : 0;
}

void uring_backend::enter(std::int64_t nanoseconds) {
    const int error = ring_.wait(nanoseconds);
    // Out of memory, or too many results that nobody has taken: the requests stay where they are.
    if (error != 0 && error != -EAGAIN && error != -EBUSY) [[unlikely]] {
        bell_.get_up();
        if (error == -EEXIST) {
            throw usage_error("an event loop belongs to the thread that ran it first");
        }
        throw os_error(-error, "io_uring_enter");
    }
}

}  // namespace nurt::io::detail

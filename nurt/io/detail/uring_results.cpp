// SPDX-License-Identifier: MIT
// nurt/io/detail/uring_results.cpp: what came of the requests.
#include "nurt/io/detail/uring_backend.hpp"

#include <cerrno>
#include <cstring>

#include <sys/epoll.h>

namespace nurt::io::detail {

namespace {

constexpr std::size_t most_ahead = 64 * 1024;  // bytes of a connection; then it is not received
constexpr std::size_t most_connections = 64;   // of a listener, not yet asked for
constexpr int hang_up = EPOLLERR | EPOLLHUP | EPOLLRDHUP;
constexpr std::uint8_t small_reads_in_a_row = 8;  // and a bulk channel is one no more

}  // namespace

void uring_backend::collect() noexcept {
    if (!joined_.empty()) {
        settle_joined();
    }
    ring_.collect([this](const io_uring_cqe& result) { dispatch(result); });
    if (buffers_.is_open()) {
        buffers_.publish();
    }
}

void uring_backend::dispatch(const io_uring_cqe& result) noexcept {
    const std::uint64_t tag = result.user_data;
    const std::uint64_t kind = tag & tag_mask;
    const bool last = (result.flags & IORING_CQE_F_MORE) == 0;
    if (kind == tag_bell || kind == tag_none) {
        if (tag > tag_none) {
            file_result(tag, result.res);
            return;
        }
        bell_watched_ = bell_watched_ && !(kind == tag_bell && last);
        return;
    }
    auto& c = *reinterpret_cast<uring_channel*>(tag & ~std::uint64_t{tag_mask});
    if (kind == tag_cancel) {
        --c.cancels;
    } else {
        if (last) {
            c.armed &= static_cast<std::uint8_t>(~(1U << kind));
        }
        switch (static_cast<request>(1U << kind)) {
            case request::receive: received(c, result.res, result.flags); break;
            case request::accept: accepted(c, result.res); break;
            case request::read_poll: readable(c, result.res); break;
            case request::write_poll: writable(c, result.res); break;
            case request::send: sent(c, result.res); break;
        }
    }
    if (c.closing && c.is_idle()) [[unlikely]] {
        finish_close(c);
    }
}

void uring_backend::received(uring_channel& c, int result, unsigned flags) noexcept {
    if ((flags & IORING_CQE_F_BUFFER) != 0) {
        const unsigned id = flags >> IORING_CQE_BUFFER_SHIFT;
        if (result > 0 && !c.closing) {
            deliver(c, buffers_.at(id), static_cast<std::size_t>(result));
        }
        buffers_.give_back(id);
        if (held_) [[unlikely]] {
            read_enough(c, request::receive);
        }
    }
    if ((flags & IORING_CQE_F_MORE) == 0) {
        receive_ended(c, result);
    }
}

void uring_backend::deliver(uring_channel& c, const char* bytes, std::size_t n) noexcept {
    multishot_works_ = true;
    operation* op = c.reader;
    if (op != nullptr && op->code == opcode::receive && n < buffers_.size() && n <= op->size &&
        !c.joins()) [[likely]] {
        std::memcpy(op->data, bytes, n);
        c.reader = nullptr;
        op->result = static_cast<std::int64_t>(n);
        finish(*op);
    } else if (c.failure == 0) {
        deliver_rest(c, bytes, n);
    }
}

// More than somebody waits for, or nobody does.
void uring_backend::deliver_rest(uring_channel& c, const char* bytes, std::size_t n) noexcept {
    if (n == buffers_.size()) {
        c.bulk = true;
        c.small_reads = 0;
        stop(c, request::receive);
    }
    operation* op = c.reader;
    if (op != nullptr && op->code == opcode::receive && !c.joins()) {
        const std::size_t taken = n < op->size ? n : op->size;
        std::memcpy(op->data, bytes, taken);
        bytes += taken;
        n -= taken;
        end_reader(c, static_cast<std::int64_t>(taken));
    }
    if (n == 0) {
        return;
    }
    if (!c.ahead.put(bytes, n)) {
        c.failure = -ENOMEM;  // bytes are lost, so nothing that follows them may be read
        stop(c, request::receive);
    } else if (c.ahead.size() > most_ahead) {
        stop(c, request::receive);
    }
    if (!c.joins()) {
        end_reader(c, 0);  // somebody who waits for readability
    }
}

// The multishot request is over: the stream has ended, it was stopped, or it needs another one.
void uring_backend::receive_ended(uring_channel& c, int result) noexcept {
    c.known_empty = false;
    bool failed = false;
    switch (result) {
        case 0: c.hung_up = c.known_empty = true; break;
        case -ENOBUFS:
        case -ECANCELED:
        case -EINTR:
        case -EAGAIN: break;
        case -ENOTSOCK:
            c.is_socket = false;
            c.plain_only = true;
            break;
        case -EINVAL:
            c.plain_only = !multishot_works_;  // the kernel is too old
            failed = multishot_works_;
            break;
        default: failed = result < 0;
    }
    if (c.closing) {
        return;
    }
    operation* op = c.joins() ? nullptr : c.reader;
    if (failed && (op == nullptr || op->code != opcode::receive)) {
        c.failure = result;
    }
    if (op == nullptr) {
        return;
    }
    if (failed || result == 0) {
        end_reader(c, op->code == opcode::receive ? result : 0);
    } else {
        arm_reader(c);
    }
}

void uring_backend::accepted(uring_channel& c, int result) noexcept {
    if (result >= 0) {
        operation* op = c.reader;
        if (c.closing || !c.ahead.put(&result, sizeof result)) {
            detail::reset_on_close(result);
            detail::close(result);
        } else if (op != nullptr && take_ahead(c, *op)) {
            end_reader(c, op->result);
        } else if (c.ahead.size() >= most_connections * sizeof result) {
            stop(c, request::accept);
        }
        read_enough(c, request::accept);
    } else if (lacks_resources(result)) {
        rest(c);
    } else if (result == -EINVAL || result == -EOPNOTSUPP || result == -ENOTSOCK) {
        c.plain_only = true;  // the kernel is too old, or the plain call will say what is wrong
    }
    if (!c.closing && c.reader != nullptr) {
        arm_reader(c);
    }
}

void uring_backend::readable(uring_channel& c, int result) noexcept {
    operation* op = c.reader;
    if (c.closing || op == nullptr) {
        c.known_empty = false;
        return;
    }
    if (result < 0 && result != -ECANCELED) {
        end_reader(c, result);
        return;
    }
    if (result > 0 && !c.joins()) {
        c.known_empty = false;
        c.hung_up = c.hung_up || (result & hang_up) != 0;
        if (perform(c, *op)) {
            note_size(c, op->code == opcode::receive ? op->result : 0);
            end_reader(c, op->result);
            has_to_rest(c);
            return;
        }
    }
    arm_reader(c);
}

// A channel that moves little for a while is received from by the ring again.
void uring_backend::note_size(uring_channel& c, std::int64_t result) noexcept {
    if (!c.bulk || result <= 0) {
        return;
    }
    const bool small = result < static_cast<std::int64_t>(buffers_.size());
    c.small_reads = small ? static_cast<std::uint8_t>(c.small_reads + 1) : 0;
    c.bulk = c.small_reads < small_reads_in_a_row;
}

void uring_backend::writable(uring_channel& c, int result) noexcept {
    operation* op = c.writer;
    if (c.closing || op == nullptr || c.is_armed(request::send)) {
        return;
    }
    stop(c, request::send);  // it is done here
    if (result < 0 && result != -ECANCELED) {
        end_writer(c, result);
    } else if (result > 0 && perform(c, *op)) {
        end_writer(c, op->result);
    } else {
        want(c, request::write_poll);
    }
}

void uring_backend::sent(uring_channel& c, int result) noexcept {
    operation* op = c.writer;
    if (op == nullptr) {
        return;
    }
    const bool again = result == -EAGAIN || result == -EINTR || result == -ENOTSOCK;
    c.is_socket = c.is_socket && result != -ENOTSOCK;
    c.write_fell_short = result < 0 || static_cast<std::size_t>(result) < op->size;
    if (again && !c.closing) {
        want(c, request::write_poll);
    } else {
        end_writer(c, again ? -ECANCELED : result);
    }
}

// Before anything else that came: of those that were handed over, the ones with a result failed or
// were taken in part, and the others were taken.
void uring_backend::settle_joined() noexcept {
    ring_.look_through([this](io_uring_cqe& result) {
        const std::uint64_t tag = result.user_data;
        if ((tag & tag_mask) == kind_of(static_cast<unsigned>(request::send))) {
            auto& c = *reinterpret_cast<uring_channel*>(tag & ~std::uint64_t{tag_mask});
            if (c.joins()) {
                result.user_data = tag_none;  // it is seen only once
                const bool again = result.res == -EAGAIN || result.res == -EINTR;
                c.is_socket = c.is_socket && result.res != -ENOTSOCK;
                settle(c, again || !c.is_socket ? 0 : result.res);
            }
        }
    });
    unsettled_ = ring_.has_requests() || ring_.hides_results();
    if (unsettled_) {
        return;
    }
    intrusive_list<uring_channel, joined_link> known;
    known.splice_back(joined_);
    while (uring_channel* c = known.front()) {
        if (c->is_armed(request::send)) {
            const operation* op = c->writer;
            settle(*c, op != nullptr ? static_cast<int>(op->size) : 0);
        } else {
            c->joined_link::unlink();
            joined_.push_back(*c);
        }
    }
}

void uring_backend::settle(uring_channel& c, int result) noexcept {
    c.joined_link::unlink();
    c.armed &= static_cast<std::uint8_t>(~static_cast<unsigned>(request::send));
    if (operation* op = c.writer) {
        c.write_fell_short = result < 0 || static_cast<std::size_t>(result) < op->size;
        end_writer(c, result);
    }
    operation* reader = c.reader;
    if (c.closing) [[unlikely]] {
        if (c.is_idle()) {
            finish_close(c);
        }
    } else if (reader != nullptr) {
        if (take_ahead(c, *reader)) [[unlikely]] {
            end_reader(c, reader->result);
        } else {
            arm_reader(c);
        }
    }
}

}  // namespace nurt::io::detail

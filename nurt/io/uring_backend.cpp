// SPDX-License-Identifier: MIT
// nurt/io/uring_backend.cpp: descriptors and operations; the rest is in detail/uring_*.cpp.
#include "nurt/io/uring_backend.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/detail/kernel_calls.hpp"
#include "nurt/io/detail/uring_backend.hpp"
#include "nurt/io/standard_descriptors.hpp"

#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

namespace nurt::io {

namespace detail {

namespace {

// A send goes through the ring when many connections have something to say, because then they share
// a system call. A large one does not: it is the copying that costs.
constexpr unsigned few_completions = 2;
constexpr std::size_t large_send = 16 * 1024;

constexpr duration longest_drain = duration::nanoseconds(5'000'000'000);
constexpr std::int64_t drain_step = 100'000'000;  // nanoseconds

uring_channel& of(channel& c) noexcept {
    return static_cast<uring_channel&>(c);
}

}  // namespace

int uring_backend::open() noexcept {
    const int error = ring_.open(options_);
    if (error == 0 && options_.multishot) {
        // Refused by kernels before 5.19; it goes without.
        buffers_.open(ring_, options_.buffers, options_.buffer_size);
    }
    return error;
}

uring_backend::~uring_backend() {
    if (ring_.descriptor() >= 0) {
        drain();
    }
    channels_.for_each([](uring_channel& c) {
        if (c.is_open()) {
            detail::close(c.descriptor());
        }
    });
}

// Nothing may be in the kernel when the memory of channels and buffers goes, and a socket that a
// request holds would stay open after its descriptor was closed.
void uring_backend::drain() noexcept {
    channels_.for_each([this](uring_channel& c) {
        c.reader = c.writer = nullptr;
        if (c.is_open() && !c.closing) {
            close(c, closing::flush);
        }
    });
    forget_bell();
    forget_files();
    const auto busy = [this] {
        bool any = bell_watched_ || files_in_kernel_ != 0;
        channels_.for_each([&any](uring_channel& c) { any = any || !c.is_idle(); });
        return any;
    };
    // On another thread than the one that used it, the ring can only be closed: that cancels, too.
    const instant end = monotonic_now() + longest_drain;
    for (int error = 0; error == 0 && busy() && monotonic_now() < end;) {
        prepare();
        error = ring_.wait(drain_step);
        collect();
    }
}

channel& uring_backend::adopt(int descriptor) {
    if (descriptor < 0) {
        throw os_error(EBADF, "adopt");
    }
    make_room_for(descriptor);
    uring_channel& c = channels_.take();
    c.open(descriptor);
    hold(c);
    c.plain_only = !buffers_.is_open();
    return c;
}

void uring_backend::receive_on_request(channel& c) noexcept {
    of(c).plain_only = true;
}

void uring_backend::receive_ahead(channel& given) noexcept {
    uring_channel& c = of(given);
    c.is_socket = false;
    c.own_pipe = knows_opcode(op_read_multishot);
    c.plain_only = !c.own_pipe || !buffers_.is_open();
}

bool uring_backend::try_now(operation& op) noexcept {
    uring_channel& c = of(*op.target);
    assert(waiting_place(c, op.code) == nullptr && "one operation each way at a time");
    if (op.code == opcode::receive) {
        if (c.has_ahead()) [[unlikely]] {
            return take_ahead(c, op);
        }
        return !c.is_pending(request::receive) && (!c.known_empty || c.hung_up) && !held_ &&
               perform_receive(c, op);
    }
    if (op.code == opcode::send) {
        op.joined = op.expects_answer && may_join(c, op);
        if (op.joined) {
            return false;
        }
        return (finished_last_ <= few_completions || op.size > large_send || c.write_fell_short ||
                !c.is_socket) &&
               perform_send(c, op);
    }
    return try_other(c, op);
}

// A kernel before 6.1, which has no deferred mode, does not tell which part of such a send it took.
bool uring_backend::may_join(const uring_channel& c, const operation& op) const noexcept {
    return ring_.mode() == uring_mode::deferred && c.is_socket && !c.write_fell_short && !c.bulk &&
           !c.plain_only && op.size <= large_send && !c.has_ahead();
}

// A joined send that was not handed over yet is done now, since nobody will wait with it. False:
// there is no room; nothing was taken, and it is queued no more.
bool uring_backend::send_alone(uring_channel& c) noexcept {
    c.joined_link::unlink();
    c.wanted &= static_cast<std::uint8_t>(~static_cast<unsigned>(request::send));
    operation* op = c.writer;
    if (op == nullptr || !perform_send(c, *op)) {
        return false;
    }
    c.writer = nullptr;
    finish_later(*op, op->result);
    return true;
}

int uring_backend::shutdown_write(channel& given) noexcept {
    uring_channel& c = of(given);
    if (c.joins() && !c.is_armed(request::send) && !send_alone(c)) {
        want(c, request::write_poll);
    }
    return kernel_backend::shutdown_write(given);
}

bool uring_backend::try_other(uring_channel& c, operation& op) noexcept {
    switch (op.code) {
        case opcode::accept:
            return take_ahead(c, op) ||
                   (!c.is_pending(request::accept) && !held_ && perform_accept(c, op));
        case opcode::connect: return !c.connecting && perform_connect(c, op);
        default: return false;
    }
}

// Completes a read from what came before it. False: there is nothing.
bool uring_backend::take_ahead(uring_channel& c, operation& op) noexcept {
    if (!c.has_ahead()) {
        return false;
    }
    if (op.code == opcode::wait_readable) {
        op.result = 0;
    } else if (c.ahead.empty()) {
        op.result = std::exchange(c.failure, 0);
    } else if (op.code == opcode::accept) {
        int descriptor = -1;
        c.ahead.take(&descriptor, sizeof descriptor);
        op.result = descriptor;
        if (op.address != nullptr) {
            *op.address = detail::peer_address(descriptor);
        }
    } else {
        op.result = static_cast<std::int64_t>(c.ahead.take(op.data, op.size));
    }
    return true;
}

void uring_backend::submit(operation& op) noexcept {
    uring_channel& c = of(*op.target);
    assert(waiting_place(c, op.code) == nullptr && "one operation each way at a time");
    begin(op);
    if (op.code == opcode::receive && c.is_pending(request::receive) && !c.has_ahead()) {
        c.reader = &op;
    } else if (op.code == opcode::send) {
        c.writer = &op;
        if (op.joined) {
            joined_.push_back(c);
        }
        want(c, c.write_fell_short || !c.is_socket ? request::write_poll : request::send);
    } else {
        submit_other(c, op);
    }
}

void uring_backend::submit_other(uring_channel& c, operation& op) noexcept {
    const bool connects = op.code == opcode::connect;
    if (connects || op.code == opcode::wait_writable) {
        if (connects && !c.connecting && perform_connect(c, op)) {
            finish_later(op, op.result);
            return;
        }
        c.writer = &op;
        want(c, request::write_poll);
    } else if (take_ahead(c, op)) {
        finish_later(op, op.result);
    } else {
        c.reader = &op;
        arm_reader(c);
    }
}

// Somebody waits to read, and nothing is there: asks the kernel, in the way that suits the channel.
// While input is held nothing is asked for that gives more than once.
void uring_backend::arm_reader(uring_channel& c) noexcept {
    if (c.is_pending(request::receive) || c.is_pending(request::read_poll) || c.rests()) {
        return;
    }
    switch (c.reader->code) {
        case opcode::accept:
            c.listens = true;
            want(c, c.plain_only || held_ ? request::read_poll : request::accept);
            return;
        case opcode::receive:
            want(c, c.bulk || c.plain_only || held_ ? request::read_poll : request::receive);
            return;
        default:
            if (!c.is_pending(request::accept)) {
                want(c, request::read_poll);
            }
    }
}

void uring_backend::enqueue(uring_channel& c) noexcept {
    if (!c.queued_link::linked()) {
        queue_.push_back(c);
    }
}

void uring_backend::want(uring_channel& c, request r) noexcept {
    if (!c.is_pending(r)) {
        c.wanted |= static_cast<std::uint8_t>(r);
        enqueue(c);
    }
}

void uring_backend::stop(uring_channel& c, request r) noexcept {
    const auto bit = static_cast<std::uint8_t>(r);
    c.wanted &= static_cast<std::uint8_t>(~bit);
    if (c.is_armed(r)) {
        c.unwanted |= bit;
        enqueue(c);
    }
}

bool uring_backend::cancel(operation& op) noexcept {
    uring_channel& c = of(*op.target);
    // It has a result already, or is about to get one: a send that the kernel has does not wait.
    if (op.linked() || (c.writer == &op && c.is_armed(request::send))) {
        return false;
    }
    if (c.writer == &op && c.joins() && send_alone(c)) {
        return false;
    }
    waiting_place(c, op.code) = nullptr;
    op.in_flight = false;
    --in_flight_;
    if (op.code == opcode::send) {
        stop(c, request::send);
    }
    return true;
}

void uring_backend::end_reader(uring_channel& c, std::int64_t result) noexcept {
    if (operation* op = std::exchange(c.reader, nullptr)) {
        op->result = result;
        finish(*op);
    }
}

void uring_backend::end_writer(uring_channel& c, std::int64_t result) noexcept {
    if (operation* op = std::exchange(c.writer, nullptr)) {
        op->result = result;
        finish(*op);
    }
}

// Ends what waits on the channel, and asks the kernel to forget what it has of it.
void uring_backend::end_all(uring_channel& c) noexcept {
    end_reader(c, -ECANCELED);
    if (!c.is_armed(request::send)) {
        if (!c.joins() || !send_alone(c)) {
            end_writer(c, -ECANCELED);
        }
    }
    c.stop_resting();
    c.wanted = 0;
    for (const request r :
         {request::receive, request::accept, request::read_poll, request::write_poll}) {
        stop(c, r);
    }
}

void uring_backend::close(channel& given, closing how) noexcept {
    uring_channel& c = of(given);
    if (forked_) {  // the connection is the parent's
        detail::close(c.descriptor());
        c.clear();
        return;
    }
    if (c.listens && !c.is_idle()) {
        detail::stop_listening(c.descriptor());  // what accepts keeps it open for a while
    }
    end_all(c);
    c.closing = true;
    c.how = how;
    ++in_flight_;
    if (c.is_idle()) {
        finish_close(c);
    }
}

void uring_backend::finish_close(uring_channel& c) noexcept {
    --in_flight_;
    part(c, c.how);
    detail::close(take_out(c));
    if (anybody_rests() && !held_) {
        end_rest();  // there is a free descriptor now
    }
}

// The end of the channel's life; gives the descriptor.
int uring_backend::take_out(uring_channel& c) noexcept {
    const int descriptor = c.descriptor();
    int connection = -1;
    while (c.listens && c.ahead.take(&connection, sizeof connection) == sizeof connection) {
        detail::reset_on_close(connection);
        detail::close(connection);
    }
    c.ahead.clear();
    if (c.queued_link::linked()) {
        c.queued_link::unlink();
    }
    let_go(c);
    c.clear();
    channels_.give_back(c);
    return descriptor;
}

// The rings are not in this process: their memory is left out of a fork.
void uring_backend::after_fork() noexcept {
    forked_ = true;
    ring_.forget();
    buffers_.forget();
    bell_.after_fork();
}

int uring_backend::release(channel& given, std::string* unread) {
    uring_channel& c = of(given);
    end_all(c);
    while (!c.is_idle() && !forked_) {
        prepare();
        enter(drain_step);
        collect();
    }
    if (unread != nullptr && !c.listens) {
        const std::size_t before = unread->size();
        unread->resize(before + c.ahead.size());
        c.ahead.take(unread->data() + before, c.ahead.size());
    }
    return take_out(c);
}

void uring_backend::hold_input(bool on) noexcept {
    held_ = on;
    if (!on) {
        end_rest();
    }
}

// The multishot request that gave something is stopped: another one begins after the rest.
void uring_backend::read_enough(uring_channel& c, request r) noexcept {
    if (!c.closing && has_to_rest(c)) {
        stop(c, r);
    }
}

void uring_backend::end_rest() noexcept {
    while (kernel_channel* rested = next_rested()) {
        auto& c = static_cast<uring_channel&>(*rested);
        if (c.reader != nullptr) {
            arm_reader(c);
        }
    }
}

}  // namespace detail

std::unique_ptr<backend> make_uring_backend(const uring_options& options) {
    keep_standard_descriptors();
    auto made = std::make_unique<detail::uring_backend>(options);
    if (made->open() != 0) {
        return nullptr;
    }
    return made;
}

std::string uring_refusal() {
    detail::uring_backend attempt{uring_options{}};
    const int error = attempt.open();
    if (error == 0) {
        return {};
    }
    return attempt.ring().refused_by() + (": " + std::generic_category().message(error));
}

}  // namespace nurt::io

// SPDX-License-Identifier: MIT
// nurt/tls/detail/connection.cpp: see the header.
#include "nurt/tls/detail/connection.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <new>
#include <utility>

namespace nurt::tls::detail {

namespace {

constexpr std::size_t record = 16 * 1024;  // the most that one record holds
// What is asked for while nothing is there; the rest is then read in place.
constexpr std::size_t input_block = 4096;
// Encrypted in one go, some 100 us, before others run.
constexpr std::size_t most_at_once = 256 * 1024;
// Answers to a peer that asks and does not read; nothing more is read until they have gone.
constexpr std::size_t most_answers = 64 * 1024;

}  // namespace

connection::connection(std::unique_ptr<byte_stream> bytes, std::unique_ptr<engine> up,
                       event_loop& loop)
    : bytes_(std::move(bytes)), engine_(std::move(up)), loop_(loop), receive_(*this), send_(*this) {
    engine_->attach(*bytes_);
    engine_->drop_empty_input();
    if (!engine_->output.empty()) {
        start_sending();
    }
}

connection::~connection() {
    if (armed()) {
        loop_.timers().remove(*this);
    }
}

// Reading.

// True: op has its result.
bool connection::read(io::operation& op) noexcept {
    if (op.size == 0) {
        op.result = 0;
        return true;
    }
    if (engine_->output.size() > most_answers) {
        return false;  // take_sent() comes back to it
    }
    if (engine_->is_drained() && !fetch()) {
        return false;  // a quarter of what a small message costs, if OpenSSL were to find that out
    }
    std::size_t got = 0;
    const progress result = engine_->read(op.data, op.size, got);
    if (!engine_->output.empty()) {
        start_sending();
    }
    switch (result) {
        case progress::done: op.result = static_cast<std::int64_t>(got); return true;
        case progress::starved: return false;
        case progress::ended: op.result = 0; return true;
        case progress::failed: op.result = -EPROTO; return true;
        case progress::cut: break;
    }
    op.result = engine_->cut_by();
    if (op.result == 0 && !engine_->context().options.accept_truncation) {
        op.result = -ENODATA;
    }
    return true;
}

// Takes a block of input from the stream below, if there is some.
bool connection::fetch() noexcept {
    if (!prepare_receive()) {
        engine_->input_ends(-ENOMEM);
        return true;
    }
    if (!bytes_->try_now(receive_)) {
        return false;
    }
    take_input();
    return true;
}

// False: there is no memory to receive into.
bool connection::prepare_receive() noexcept {
    try {
        const auto room = engine_->input_room(input_block);
        receive_.data = room.data;
        receive_.size = room.size;
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void connection::take_input() noexcept {
    if (receive_.result > 0) {
        engine_->input_filled(static_cast<std::size_t>(receive_.result));
    } else if (receive_.result != -ECANCELED) {
        engine_->input_ends(receive_.result);
    }
}

void connection::serve_reader() noexcept {
    if (reader_.op == nullptr || reader_.finished || engine_->reading) {
        return;
    }
    if (read(*reader_.op)) {
        complete(reader_);
    } else {
        start_receiving();
    }
}

void connection::start_receiving() noexcept {
    if (engine_->output.size() > most_answers) {
        return;
    }
    engine_->reading = true;
    if (prepare_receive()) {
        bytes_->submit(receive_);
    } else {
        receive_.result = -ENOMEM;
        completed(received_);
    }
}

void connection::stop_receiving() noexcept {
    if (receive_.in_flight && bytes_->cancel(receive_)) {
        engine_->reading = false;
        engine_->drop_empty_input();
    }
}

void connection::take_received() noexcept {
    engine_->reading = false;
    take_input();
    serve_reader();
    serve_writer(true);
}

// Writing.

// Encrypts the next piece of op. Failed: op has its result.
progress connection::write(io::operation& op) noexcept {
    const std::size_t piece = std::min(op.size - taken_, record);
    if (engine_->has_said_goodbye()) {
        op.result = -EPIPE;
        return progress::failed;
    }
    const auto* from = static_cast<const char*>(op.data) + taken_;
    switch (const progress result = engine_->write(from, piece)) {
        case progress::done: taken_ += piece; [[fallthrough]];
        case progress::starved: return result;
        case progress::cut: break;
        default: op.result = -EPROTO; return progress::failed;
    }
    op.result = engine_->output_error != 0 ? engine_->output_error : engine_->cut_by();
    op.result = op.result != 0 ? op.result : -ENODATA;
    return progress::failed;
}

// Encrypts for the writer, until the stream below does not take more at once.
void connection::serve_writer(bool at_once) noexcept {
    if (writer_.op == nullptr || writer_.finished) {
        return;
    }
    io::operation& op = *writer_.op;
    op.result = engine_->output_error;
    progress state = op.result == 0 ? progress::done : progress::failed;
    while (state == progress::done && !has_unsent() && taken_ < std::min(op.size, most_at_once)) {
        state = write(op);
    }
    if (state != progress::failed && has_unsent()) {
        start_sending();
        return;
    }
    if (state == progress::starved) {
        if (!engine_->reading) {
            start_receiving();
        }
        return;
    }
    if (state == progress::done) {
        op.result = static_cast<std::int64_t>(taken_);
    }
    taken_ = 0;
    if (at_once) {
        complete(writer_);
    } else {
        complete_soon(writer_);
    }
}

void connection::start_sending() noexcept {
    if (engine_->writing || closed_below_) {
        return;
    }
    std::swap(sending_, engine_->output);
    send_.data = sending_.data();
    send_.size = sending_.size();
    engine_->writing = true;
    bytes_->submit(send_);
}

void connection::take_sent() noexcept {
    engine_->writing = false;
    if (send_.result < 0) {
        engine_->output_error = send_.result;
        engine_->output.clear();
    } else if (static_cast<std::size_t>(send_.result) < send_.size) {
        send_.data = static_cast<char*>(send_.data) + send_.result;
        send_.size -= static_cast<std::size_t>(send_.result);
        engine_->writing = true;
        bytes_->submit(send_);
        return;
    }
    sending_.clear();
    if (!engine_->output.empty()) {
        start_sending();
        return;
    }
    if (sending_.capacity() > record) {
        std::string().swap(sending_);
    }
    if (closed_) {
        finish_close(io::closing::flush);
        return;
    }
    serve_writer(true);
    serve_reader();
}

// The stream above.

bool connection::try_now(io::operation& op) noexcept {
    if (closed_) {
        op.result = -ECANCELED;
        return true;
    }
    if (op.code == io::opcode::receive) {
        return !engine_->reading && read(op);
    }
    if (op.code != io::opcode::send) {
        op.result = -EOPNOTSUPP;
        return true;
    }
    if (engine_->output_error != 0) {
        op.result = engine_->output_error;
        return true;
    }
    if (has_unsent() || op.size > record) {
        return false;
    }
    const progress result = write(op);
    if (result == progress::failed) {
        taken_ = 0;
        return true;
    }
    if (result == progress::starved || has_unsent()) {
        return false;  // submit() finds it encrypted, if it is
    }
    op.result = static_cast<std::int64_t>(std::exchange(taken_, 0));
    return true;
}

void connection::submit(io::operation& op) noexcept {
    op.in_flight = true;
    if (op.code == io::opcode::receive) {
        reader_ = {&op, false};
        if (engine_->reading) {
            return;
        }
        if (closed_ || read(op)) {
            op.result = closed_ ? -ECANCELED : op.result;
            complete_soon(reader_);
        } else {
            start_receiving();
        }
        return;
    }
    writer_ = {&op, false};
    if (closed_ || op.code != io::opcode::send) {
        op.result = closed_ ? -ECANCELED : -EOPNOTSUPP;
        complete_soon(writer_);
    } else {
        serve_writer(false);
    }
}

bool connection::cancel(io::operation& op) noexcept {
    waiting& w = op.code == io::opcode::receive ? reader_ : writer_;
    if (w.finished) {
        return false;
    }
    if (&w == &writer_ && taken_ != 0) {
        // Part of it has been encrypted, and goes out whatever happens.
        op.result = static_cast<std::int64_t>(std::exchange(taken_, 0));
        complete_soon(w);
        return false;
    }
    w.op = nullptr;
    op.in_flight = false;
    const bool writer_wants_input =
        writer_.op != nullptr && !writer_.finished && !has_unsent();  // by invariant 3
    if (reader_.op == nullptr && !writer_wants_input) {
        stop_receiving();
    }
    return true;
}

void connection::complete(waiting& w) noexcept {
    io::operation* op = std::exchange(w.op, nullptr);
    w.finished = false;
    op->in_flight = false;
    op->complete();
}

void connection::complete_soon(waiting& w) noexcept {
    w.finished = true;
    wake();
}

// An operation below has completed. It is the backend that says so, in the middle of its work, when
// nothing may be read, written or closed.
void connection::completed(bool& which) noexcept {
    which = true;
    if (!loop_.is_closed()) {
        wake();
    } else {
        look_for_end();
    }
}

void connection::wake() noexcept {
    if (!std::exchange(queued_, true)) {
        loop_.push_ready(*this);
    }
}

void connection::run() noexcept {
    queued_ = false;
    busy_ = true;
    if (std::exchange(sent_, false) && !closed_below_) {
        take_sent();
    }
    if (std::exchange(received_, false) && !closed_below_) {
        take_received();
    }
    for (waiting* w : {&reader_, &writer_}) {
        if (w->op != nullptr && w->finished) {
            complete(*w);
        }
    }
    busy_ = false;
    look_for_end();
}

// The end.

void connection::say_goodbye() noexcept {
    engine_->say_goodbye();
    if (!engine_->output.empty()) {
        start_sending();
    }
}

int connection::shutdown_write() noexcept {
    if (engine_->output_error != 0) {
        return static_cast<int>(engine_->output_error);
    }
    say_goodbye();
    return static_cast<int>(engine_->output_error);
}

void connection::close(io::closing how) noexcept {
    if (std::exchange(closed_, true)) {
        return;
    }
    for (waiting* w : {&reader_, &writer_}) {
        if (w->op != nullptr && !w->finished) {
            w->op->result = -ECANCELED;
            complete(*w);
        }
    }
    stop_receiving();
    if (how == io::closing::flush) {
        say_goodbye();
    }
    const duration limit = engine_->context().options.shutdown_timeout;
    if (how == io::closing::abort || !has_unsent() || loop_.is_closed() ||
        !arm(loop_.cached_time() + limit)) {
        finish_close(how);
    }
}

// False: there is no memory for a timer.
bool connection::arm(instant when) noexcept {
    try {
        loop_.timers().add(*this, when);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void connection::finish_close(io::closing how) noexcept {
    if (!std::exchange(closed_below_, true)) {
        engine_->detach();
        const bool was_busy = std::exchange(busy_, true);  // operations may complete in there
        bytes_->close(how);
        busy_ = was_busy;
    }
    look_for_end();
}

void connection::let_go() noexcept {
    alone_ = true;
    look_for_end();
}

// Its own end, once it is alone. What is still under way then has been ended by closing the stream
// below; until that has said so, a timer that never fires tells it of the loop's end.
void connection::look_for_end() noexcept {
    if (!alone_ || !closed_below_ || busy_) {
        return;
    }
    if (is_idle()) {
        delete this;
    } else if (!armed() && !loop_.is_closed()) {
        arm(instant::never());
    }
}

// The loop closes. An operation that even now is under way belongs to the backend, which is about to
// go without completing it: what it points to has to stay, so all of it does.
void connection::discard() noexcept {
    queued_ = false;
    if (!closed_) {
        return;  // its stream is still there
    }
    finish_close(io::closing::flush);
}

std::exception_ptr connection::failure(int error, const char* attempt) const {
    const std::string what = std::string(attempt) + ' ' + bytes_->peer_name();
    const engine_failure& why = engine_->failure();
    if (error == EPROTO && !why.why.empty()) {
        return std::make_exception_ptr(tls_error(why.reason, what, why.why, why.verify_result));
    }
    if (error == ENODATA) {
        return std::make_exception_ptr(
            tls_error(tls_errc::truncated, what, "the connection ended without close_notify"));
    }
    return bytes_->failure(error, attempt);
}

}  // namespace nurt::tls::detail

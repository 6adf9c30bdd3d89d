// SPDX-License-Identifier: MIT
// nurt/http/detail/connection_io.cpp: see the header.
#include "nurt/http/detail/connection_io.hpp"

#include <algorithm>
#include <utility>

namespace nurt::http::detail {

connection_io::connection_io(std::unique_ptr<byte_stream> bytes, event_loop& loop,
                             duration write_stall)
    : bytes_(std::move(bytes)),
      loop_(loop),
      receive_(*this),
      send_(*this),
      write_stall_(write_stall) {}

connection_io::~connection_io() {
    if (armed()) loop_.timers().remove(*this);
}

// --- reading

void connection_io::prepare_receive(std::size_t least) {
    const input_buffer::room_t room = input.room(least);
    receive_.data = room.data;
    receive_.size = room.size;
}

void connection_io::take_received() noexcept {
    if (receive_.result > 0) {
        input.filled(static_cast<std::size_t>(receive_.result));
    } else {
        ended_ = true;
        broken_ = broken_ || receive_.result < 0;
    }
}

void connection_io::read_ahead(std::size_t least) {
    while (!receive_.in_flight && !ended_ && !closed_ && input.size() < most_ahead) {
        prepare_receive(least);
        if (bytes_->try_now(receive_)) {
            take_received();
        } else {
            bytes_->submit(receive_);
        }
    }
}

bool connection_io::stop_reading() noexcept {
    return !receive_.in_flight || bytes_->cancel(receive_);
}

void connection_io::received() noexcept {
    take_received();
    if (reader_ != nullptr) {
        wake_reader(ended_ ? input_event::end : input_event::data);
    } else if (!ended_ && !closed_ && input.size() < most_ahead &&
               input.room_left() >= least_room) {
        prepare_receive(least_room);
        bytes_->submit(receive_);
    }
    if (ended_ && watcher_ != nullptr) {
        std::exchange(watcher_, nullptr)->reschedule(loop_.cached_time());
    }
    wake_quiet();
}

void connection_io::wake_reader(input_event why) noexcept {
    why_ = why;
    read_by_ = instant::never();
    std::exchange(reader_, nullptr)->complete();
}

void connection_io::stop_waiting() noexcept {
    if (reader_ != nullptr) wake_reader(input_event::stopped);
}

void connection_io::wait_at_most_until(instant when) noexcept {
    if (reader_ == nullptr) return;
    read_by_ = std::min(read_by_, when);
    arm(read_by_);
}

bool fill_leaf::await_ready() {
    connection_io& c = io_;
    const auto there = [&] { return c.ended_ || c.input.size() > seen_; };
    if (!there() && !c.receive_.in_flight) {
        c.prepare_receive(connection_io::least_room);
        if (c.bytes_->try_now(c.receive_)) {
            c.take_received();
        } else {
            c.bytes_->submit(c.receive_);
        }
    }
    if (!there()) return false;
    c.why_ = c.input.size() > seen_ ? input_event::data : input_event::end;
    only_yields_ = !c.loop_.spend_budget();
    return !only_yields_;
}

void fill_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (only_yields_) {
        complete();
        return;
    }
    io_.reader_ = this;
    io_.read_by_ = deadline_;
    io_.arm(deadline_);
}

input_event fill_leaf::await_resume() noexcept {
    return io_.why_;
}

// The read goes on: whatever it brings is there for the next wait.
cancel_answer fill_leaf::cancel() noexcept {
    io_.reader_ = nullptr;
    io_.read_by_ = instant::never();
    return cancel_answer::done;
}

// --- writing

// Sends until nothing is left, or what is left goes with the wait for input (true), or the rest has
// to wait. What was to go with that wait, and is there still, has company now and is sent.
bool connection_io::push(bool at_once, bool input_follows) noexcept {
    if (send_.in_flight && send_.joined && !bytes_->cancel(send_)) return false;
    while (!send_.in_flight) {
        if (sending_.empty()) {
            if (output.empty()) return true;
            std::swap(sending_, output);
            send_.data = sending_.data();
            send_.size = sending_.size();
        }
        send_.expects_answer = input_follows;
        send_.joined = false;
        if (at_once && bytes_->try_now(send_)) {
            if (!take_sent()) return true;
            continue;
        }
        bytes_->submit(send_);
        if (send_.joined) return true;
        write_by_ = loop_.cached_time() + write_stall_;
        arm(write_by_);
    }
    return false;
}

void connection_io::flush_soon() noexcept {
    if (!std::exchange(flushes_soon_, true)) loop_.push_ready(*this);
}

void connection_io::run() noexcept {
    flushes_soon_ = false;
    if (!closed_ && !broken_) push(true);
    wake_quiet();
}

// False: the connection is broken, and what was to be sent is gone.
bool connection_io::take_sent() noexcept {
    if (send_.result < 0) {
        broken_ = true;
        sending_.clear();
        output.clear();
        return false;
    }
    const auto taken = static_cast<std::size_t>(send_.result);
    send_.data = static_cast<char*>(send_.data) + taken;
    send_.size -= taken;
    if (send_.size == 0) sending_.clear();
    return true;
}

void connection_io::sent() noexcept {
    write_by_ = instant::never();
    const bool joined = std::exchange(send_.joined, false);
    const bool all = !take_sent() || closed_ || push(false);
    if (all && writer_ != nullptr) std::exchange(writer_, nullptr)->complete();
    if (joined && reader_ != nullptr && (broken_ || !all)) {
        wake_reader(broken_ ? input_event::end : input_event::data);  // to look at the output again
    }
    wake_quiet();
}

bool flush_leaf::await_ready() {
    connection_io& c = io_;
    if (c.broken_ || c.closed_) {
        c.output.clear();
        return true;
    }
    return c.push(true, input_follows_);
}

void flush_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    io_.writer_ = this;
}

// What is being sent goes on being sent.
cancel_answer flush_leaf::cancel() noexcept {
    io_.writer_ = nullptr;
    return cancel_answer::done;
}

// --- the end

void connection_io::close(io::closing how) noexcept {
    if (std::exchange(closed_, true)) return;
    broken_ = ended_ = true;
    bytes_->close(how);
}

bool quiet_leaf::await_ready() const noexcept {
    return io_.is_quiet();
}

void quiet_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    io_.ender_ = this;
}

void connection_io::wake_quiet() noexcept {
    if (ender_ != nullptr && is_quiet()) {
        std::exchange(ender_, nullptr)->complete();
    }
}

// --- time

void connection_io::arm(instant when) noexcept {
    timer_heap& timers = loop_.timers();
    if (armed()) {
        if (timers.deadline(*this) <= when) return;
        timers.remove(*this);
    }
    if (when != instant::never()) timers.add(*this, when);
}

void connection_io::expire() noexcept {
    const instant now = loop_.cached_time();
    if (write_by_ <= now) {
        // The client does not read: a reset, so that the kernel does not go on trying for us.
        close(io::closing::abort);
        return;
    }
    if (read_by_ <= now && reader_ != nullptr) wake_reader(input_event::timed_out);
    arm(std::min(read_by_, write_by_));
}

}  // namespace nurt::http::detail

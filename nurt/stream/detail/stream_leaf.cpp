// SPDX-License-Identifier: MIT
// nurt/stream/detail/stream_leaf.cpp: see the header.
#include "nurt/stream/detail/stream_leaf.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

#include <cerrno>
#include <string>

namespace nurt::detail {

void throw_stream_closed() {
    throw usage_error("the stream is closed");
}

void throw_second_reader() {
    throw usage_error("another task is reading from this stream already");
}

void stream_leaf::finish() noexcept {
    if (cancel_asked_ && result == -ECANCELED) {
        complete_cancelled();
    } else {
        leaf::complete();
    }
}

void stream_leaf::fail(const char* attempt) const {
    std::rethrow_exception(state_->bytes->failure(static_cast<int>(-result), attempt));
}

cancel_answer stream_leaf::cancel() noexcept {
    if (state_->bytes->cancel(*this)) {
        return cancel_answer::done;
    }
    cancel_asked_ = true;
    return cancel_answer::later;
}

// It cannot be as simple as asking the byte_stream.
bool read_leaf::ready_otherwise() {
    stream_state& s = *state_;
    if (s.closed) {
        throw_stream_closed();
    }
    if (!inside_) {
        if (s.reading) {
            throw_second_reader();
        }
        if (!s.buffer.empty()) {
            result = static_cast<std::int64_t>(s.buffer.take(data, size));
            return true;
        }
    }
    if (s.ended || size == 0) {
        result = 0;
        return true;
    }
    return s.bytes->try_now(*this) && go_on();
}

void read_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (done_) {
        leaf::complete();
        return;
    }
    state_->reading = true;
    state_->bytes->submit(*this);
}

std::size_t read_leaf::no_bytes() {
    if (result < 0) {
        fail("read from");
    }
    state_->ended = size != 0;
    return 0;
}

cancel_answer read_leaf::cancel() noexcept {
    const cancel_answer answer = stream_leaf::cancel();
    if (answer == cancel_answer::done) {
        state_->reading = inside_;
    }
    return answer;
}

void read_leaf::complete() noexcept {
    state_->reading = inside_;
    finish();
}

// There is nothing to write, it is not allowed, or the writer has announced itself.
bool write_leaf::ready_otherwise() {
    const stream_state& s = *state_;
    if (s.closed) {
        throw_stream_closed();
    }
    if (s.writing && !inside_) {
        throw usage_error("another task is writing to this stream already");
    }
    if (s.torn) {
        throw usage_error("a write to this stream was cancelled half-way");
    }
    if (size != 0) {
        return s.bytes->try_now(*this) && advance() && go_on();
    }
    result = 0;
    return true;
}

void write_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (done_) {
        leaf::complete();
        return;
    }
    state_->writing = true;
    state_->bytes->submit(*this);
}

cancel_answer write_leaf::cancel() noexcept {
    const cancel_answer answer = stream_leaf::cancel();
    if (answer == cancel_answer::done) {
        state_->writing = inside_;
        state_->torn = written_ != 0;
    }
    return answer;
}

void write_leaf::complete() noexcept {
    if (!advance() && !cancel_asked_) {
        state_->bytes->submit(*this);
        return;
    }
    if (cancel_asked_ && result >= 0 && !some_ && size != 0) {
        result = -ECANCELED;  // what was taken does not make it complete
    }
    state_->torn = written_ != 0 && result < 0;
    state_->writing = inside_;
    finish();
}

reader_mark::reader_mark(stream_ref state) : state_(std::move(state)) {
    if (state_->closed) {
        throw_stream_closed();
    }
    if (state_->reading) {
        throw_second_reader();
    }
    state_->reading = true;
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/stream/detail/exchange_leaf.cpp: see the header.
#include "nurt/stream/detail/exchange_leaf.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/stream/detail/stream_leaf.hpp"

#include <cerrno>
#include <cstdint>
#include <string>

namespace nurt::detail {

exchange_leaf::exchange_leaf(stream_ref state, const void* from, std::size_t from_size, void* to,
                             std::size_t to_size) noexcept
    : state_(std::move(state)), question_(*this), answer_(*this) {
    question_.code = io::opcode::send;
    question_.data = const_cast<void*>(from);
    question_.size = from_size;
    answer_.code = io::opcode::receive;
    answer_.data = to;
    answer_.size = to_size;
}

bool exchange_leaf::await_ready() {
    const stream_state& s = *state_;
    if (s.closed) [[unlikely]] {
        throw_stream_closed();
    }
    if (s.reading) [[unlikely]] {
        throw_second_reader();
    }
    if (s.writing) [[unlikely]] {
        throw usage_error("another task is writing to this stream already");
    }
    if (s.torn) [[unlikely]] {
        throw usage_error("a write to this stream was cancelled half-way");
    }
    if (!ask()) {
        return false;
    }
    if (question_.result >= 0 && !answer_now()) {
        return false;
    }
    done_ = !this_thread.loop->spend_budget();
    return !done_;
}

// True: all was written, or nothing more can be.
bool exchange_leaf::ask() {
    if (question_.size == 0) {
        return true;
    }
    const stream_state& s = *state_;
    question_.expects_answer = s.buffer.empty() && !s.ended && answer_.size != 0;
    return s.bytes->try_now(question_) && advance();
}

bool exchange_leaf::answer_now() {
    return answer_without_stream() || state_->bytes->try_now(answer_);
}

// Bytes are left of an earlier read, or there will be none.
bool exchange_leaf::answer_without_stream() noexcept {
    stream_state& s = *state_;
    if (!s.buffer.empty() && answer_.size != 0) {
        answer_.result = static_cast<std::int64_t>(s.buffer.take(answer_.data, answer_.size));
        return true;
    }
    return s.ended || answer_.size == 0;  // the result is 0
}

// Counts what was taken. True: this was all.
bool exchange_leaf::advance() noexcept {
    if (question_.result < 0) {
        return true;
    }
    const auto taken = static_cast<std::size_t>(question_.result);
    written_ += taken;
    question_.data = static_cast<char*>(question_.data) + taken;
    question_.size -= taken;
    return question_.size == 0;
}

void exchange_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (done_) {
        leaf::complete();
        return;
    }
    stream_state& s = *state_;
    s.reading = true;
    if (question_.size != 0) {
        s.writing = true;
        s.bytes->submit(question_);
    }
    if (question_.size == 0 || question_.joined) {
        s.bytes->submit(answer_);
    }
}

// The question has a result, if only of a part. Until all was written no answer is taken; if that
// fails, none is waited for.
void exchange_leaf::asked() noexcept {
    stream_state& s = *state_;
    const bool ended = advance();
    if (ended && question_.result >= 0) {
        s.writing = false;
        answer_next();
        return;
    }
    if (answer_.in_flight) {
        s.bytes->cancel(answer_);
    }
    if (!ended && s.closed) {
        question_.result = -ECANCELED;
    }
    if (!ended && !s.closed && !cancel_asked_) {
        question_.expects_answer = question_.joined = false;
        s.bytes->submit(question_);
        return;
    }
    s.torn = written_ != 0;
    if (!answer_.in_flight) {
        finish();
    }
}

void exchange_leaf::answer_next() noexcept {
    if (answer_.in_flight) {
        return;
    }
    if (!has_answer_ && !cancel_asked_) {
        if (!answer_without_stream()) {
            state_->bytes->submit(answer_);
            return;
        }
        has_answer_ = true;
    }
    finish();
}

void exchange_leaf::answered() noexcept {
    has_answer_ = true;
    if (!question_.in_flight) {
        finish();
    }
}

void exchange_leaf::finish() noexcept {
    state_->reading = state_->writing = false;
    bool has_result = question_.result < 0 && question_.result != -ECANCELED;
    if (question_.size == 0 && question_.result >= 0) {
        has_result = has_answer_ && answer_.result != -ECANCELED;
    }
    if (cancel_asked_ && !has_result) {
        complete_cancelled();
    } else {
        leaf::complete();
    }
}

cancel_answer exchange_leaf::cancel() noexcept {
    stream_state& s = *state_;
    const bool answer_goes_on = answer_.in_flight && !s.bytes->cancel(answer_);
    const bool question_goes_on = question_.in_flight && !s.bytes->cancel(question_);
    if (answer_goes_on || question_goes_on) {
        cancel_asked_ = true;
        return cancel_answer::later;
    }
    s.reading = s.writing = false;
    s.torn = s.torn || (written_ != 0 && question_.size != 0);
    return cancel_answer::done;
}

std::size_t exchange_leaf::await_resume() {
    state_->unsent = question_.result < 0;
    if (question_.result < 0) [[unlikely]] {
        fail("write to", question_.result);
    }
    if (answer_.result < 0) [[unlikely]] {
        fail("read from", answer_.result);
    }
    if (answer_.result == 0) [[unlikely]] {
        state_->ended = state_->ended || answer_.size != 0;
    }
    return static_cast<std::size_t>(answer_.result);
}

void exchange_leaf::fail(const char* attempt, std::int64_t result) const {
    std::rethrow_exception(state_->bytes->failure(static_cast<int>(-result), attempt));
}

}  // namespace nurt::detail

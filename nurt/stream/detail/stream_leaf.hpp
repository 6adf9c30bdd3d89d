// SPDX-License-Identifier: MIT
// nurt/stream/detail/stream_leaf.hpp: the awaits of a stream.
//
// Plain objects in the frame of whoever waits; an operation for the byte_stream and a leaf for the
// task in one.
#pragma once

#include <coroutine>
#include <cstddef>

#include "nurt/core/leaf.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/stream/detail/stream_state.hpp"

namespace nurt::detail {

class stream_leaf : public leaf, public io::operation {
public:
    cancel_answer cancel() noexcept override;

protected:
    stream_leaf(stream_ref state, io::opcode what, void* memory, std::size_t bytes) noexcept
        : state_(std::move(state)) {
        code = what;
        data = memory;
        size = bytes;
    }
    ~stream_leaf() = default;

    // After an operation that was ready at once: false when others have to run first.
    bool go_on() noexcept {
        done_ = !this_thread.loop->spend_budget();
        return !done_;
    }
    void finish() noexcept;
    [[noreturn]] void fail(const char* attempt) const;

    stream_ref state_;
    bool done_ = false;          // has its result, and only lets others run
    bool cancel_asked_ = false;  // and could not be unhooked
};

// Reads into memory of the caller what is there, at least one byte; 0 at the end of the stream.
class read_leaf final : public stream_leaf {
public:
    // inside: on behalf of a reader that has announced itself already.
    read_leaf(stream_ref state, void* memory, std::size_t bytes, bool inside = false) noexcept
        : stream_leaf(std::move(state), io::opcode::receive, memory, bytes), inside_(inside) {}

    bool await_ready() {
        stream_state& s = *state_;
        const bool buffered = !inside_ && (s.reading || !s.buffer.empty());
        if (s.closed || s.ended || size == 0 || buffered) [[unlikely]] {
            return ready_otherwise();
        }
        return s.bytes->try_now(*this) && go_on();
    }
    void await_suspend(std::coroutine_handle<>) noexcept;
    std::size_t await_resume() {
        return result > 0 ? static_cast<std::size_t>(result) : no_bytes();
    }

    cancel_answer cancel() noexcept override;
    void complete() noexcept override;

private:
    bool ready_otherwise();
    std::size_t no_bytes();

    bool inside_;
};

// Writes all, or with `some` what is taken at once.
class write_leaf final : public stream_leaf {
public:
    // inside: on behalf of a writer that has announced itself already.
    write_leaf(stream_ref state, const void* memory, std::size_t bytes, bool some,
               bool inside = false) noexcept
        : stream_leaf(std::move(state), io::opcode::send, const_cast<void*>(memory), bytes),
          some_(some),
          inside_(inside) {}

    bool await_ready() {
        stream_state& s = *state_;
        if (s.closed || s.writing || s.torn || size == 0) [[unlikely]] {
            return ready_otherwise();
        }
        return s.bytes->try_now(*this) && advance() && go_on();
    }
    void await_suspend(std::coroutine_handle<>) noexcept;
    std::size_t await_resume() {
        if (result < 0) [[unlikely]] {
            fail("write to");
        }
        return written_;
    }

    cancel_answer cancel() noexcept override;
    void complete() noexcept override;

private:
    bool ready_otherwise();
    // Counts what was taken. True: this was all.
    bool advance() noexcept {
        if (result < 0) [[unlikely]] {
            return true;
        }
        const auto taken = static_cast<std::size_t>(result);
        written_ += taken;
        data = static_cast<char*>(data) + taken;
        size -= taken;
        return some_ || size == 0;
    }

    std::size_t written_ = 0;
    bool some_;
    bool inside_;
};

// What close() gives: the closing is under way, and waiting for its end may be left out.
class close_leaf final : public leaf {
public:
    close_leaf() = default;
    bool await_ready() const noexcept { return true; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const noexcept {}
    cancel_answer cancel() noexcept override { return cancel_answer::later; }
};

// Marks a task as the reader of a stream, from its first look to its last.
class reader_mark {
public:
    explicit reader_mark(stream_ref state);
    reader_mark(const reader_mark&) = delete;
    reader_mark& operator=(const reader_mark&) = delete;
    ~reader_mark() { state_->reading = false; }

private:
    stream_ref state_;
};

[[noreturn]] void throw_stream_closed();
[[noreturn]] void throw_second_reader();

}  // namespace nurt::detail

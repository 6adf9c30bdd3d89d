// SPDX-License-Identifier: MIT
// nurt/http/detail/connection_io.hpp: reading and writing of a server's connection.
//
// Both directions have an operation of their own that may be under way while nobody waits for it:
// reading ahead tells that the client has gone while a handler works, and replies leave while the
// next request is looked at. One timer watches over both; a deadline that only moves later costs a
// store, the timer is looked at again when it fires.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "nurt/base/time.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/http/detail/input_buffer.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/stream/byte_stream.hpp"

namespace nurt::http::detail {

class connection_io;

enum class input_event : std::uint8_t {
    data,       // there is more than before
    end,        // the client will send nothing more, or the connection is broken
    timed_out,  // the deadline of this wait has passed
    stopped     // somebody called stop_waiting()
};

// Waits until more than `seen` bytes are in the input.
class [[nodiscard]] fill_leaf final : public leaf {
public:
    fill_leaf(connection_io& io, std::size_t seen, instant deadline) noexcept
        : io_(io), seen_(seen), deadline_(deadline) {}
    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept;
    input_event await_resume() noexcept;
    cancel_answer cancel() noexcept override;

private:
    friend class connection_io;
    connection_io& io_;
    std::size_t seen_;
    instant deadline_;
    bool only_yields_ = false;
};

// Waits until the kernel has taken everything, or the connection is broken. If more input is waited
// for next, until it is certain that the kernel takes it with that wait.
class [[nodiscard]] flush_leaf final : public leaf {
public:
    flush_leaf(connection_io& io, bool input_follows) noexcept
        : io_(io), input_follows_(input_follows) {}
    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept;
    void await_resume() const noexcept {}
    cancel_answer cancel() noexcept override;

private:
    friend class connection_io;
    connection_io& io_;
    bool input_follows_;
};

// Waits until no operation is under way. For after close().
class [[nodiscard]] quiet_leaf final : public leaf {
public:
    explicit quiet_leaf(connection_io& io) noexcept : io_(io) {}
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    void await_resume() const noexcept {}
    cancel_answer cancel() noexcept override { return cancel_answer::later; }

private:
    friend class connection_io;
    connection_io& io_;
};

// Invariants:
//  1. While an operation is under way its memory does not move: input's room, sending_.
//  2. The timer is armed no later than the earliest deadline that is set.
class connection_io : private timer_node, private ready_node {
public:
    connection_io(std::unique_ptr<byte_stream> bytes, event_loop& loop, duration write_stall);
    ~connection_io();

    input_buffer input;
    std::string output;  // what flush() sends; others append

    // Until there is more input than `seen` bytes. One task at a time.
    fill_leaf fill(std::size_t seen, instant deadline) noexcept {
        return fill_leaf(*this, seen, deadline);
    }
    flush_leaf flush() noexcept { return flush_leaf(*this, false); }
    // For those who call fill() next: replies may leave in the system call that waits for input.
    flush_leaf flush_before_fill() noexcept { return flush_leaf(*this, true); }
    // Sends in the next turn what is in the output then, while somebody else is waited for.
    void flush_soon() noexcept;

    // Begins to read unless that is under way, so that the end is noticed. Takes what it needs of
    // the buffer; `least` is worth a larger one.
    void read_ahead(std::size_t least = least_room);
    // Takes the read back, if the stream lets it. True: nothing is under way.
    bool stop_reading() noexcept;
    // While set: the end of the input makes this scope expire.
    void watch(timeout_state* scope) noexcept { watcher_ = scope; }

    // Ends the fill() that waits, or gives it a deadline that is not later than this.
    void stop_waiting() noexcept;
    void wait_at_most_until(instant when) noexcept;

    bool ended() const noexcept { return ended_; }    // nothing more will be read
    bool broken() const noexcept { return broken_; }  // nothing more can be sent
    bool sending() const noexcept { return send_.in_flight; }

    int shutdown_write() noexcept { return bytes_->shutdown_write(); }
    void close(io::closing how) noexcept;
    quiet_leaf quiet() noexcept { return quiet_leaf(*this); }
    byte_stream& bytes() noexcept { return *bytes_; }
    event_loop& loop() noexcept { return loop_; }

private:
    friend class fill_leaf;
    friend class flush_leaf;
    friend class quiet_leaf;

    static constexpr std::size_t least_room = 512;
    static constexpr std::size_t most_ahead = 16 * 1024;  // read before somebody asks for it

    struct receive_operation final : io::operation {
        explicit receive_operation(connection_io& c) noexcept : owner(c) {}
        void complete() noexcept override { owner.received(); }
        connection_io& owner;
    };
    struct send_operation final : io::operation {
        explicit send_operation(connection_io& c) noexcept : owner(c) { code = io::opcode::send; }
        void complete() noexcept override { owner.sent(); }
        connection_io& owner;
    };

    void prepare_receive(std::size_t least);
    void take_received() noexcept;
    void received() noexcept;
    bool push(bool at_once, bool input_follows = false) noexcept;
    bool take_sent() noexcept;
    void sent() noexcept;
    void wake_reader(input_event why) noexcept;
    void wake_quiet() noexcept;
    void arm(instant when) noexcept;
    void expire() noexcept override;
    void discard() noexcept override {}
    void run() noexcept override;  // flush_soon
    bool is_quiet() const noexcept {
        return !receive_.in_flight && !send_.in_flight && !flushes_soon_;
    }

    std::unique_ptr<byte_stream> bytes_;
    event_loop& loop_;
    receive_operation receive_;
    send_operation send_;
    fill_leaf* reader_ = nullptr;
    flush_leaf* writer_ = nullptr;
    quiet_leaf* ender_ = nullptr;
    timeout_state* watcher_ = nullptr;
    std::string sending_;
    instant read_by_ = instant::never();
    instant write_by_ = instant::never();
    duration write_stall_;
    input_event why_ = input_event::data;  // the reader was woken
    bool ended_ = false;
    bool broken_ = false;
    bool closed_ = false;
    bool flushes_soon_ = false;  // is in the ready queue
};

}  // namespace nurt::http::detail

// SPDX-License-Identifier: MIT
// nurt/tls/detail/connection.hpp: a byte_stream that is TLS over another one.
//
// It has one read and one write of its own under way below, for the one reader and the one writer
// above. Cancelling those takes out a pointer: what the connection reads meanwhile is there for the
// next reader, and what it has encrypted will be sent.
//
// A connection that is closed while some of its bytes are still on the way outlives its stream, for
// at most the shutdown timeout.
#pragma once

#include "nurt/io/operation.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/ready_queue.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/stream/byte_stream.hpp"
#include "nurt/tls/detail/engine.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace nurt::tls::detail {

// Invariants:
//  1. While receive_ is under way, from submit to take_received(), engine.reading is set, and the
//     engine has no input.
//  2. While send_ is, engine.writing is set; its memory, sending_, does not move.
//  3. A reader waits only while the engine is starved; a writer only while something of it, or
//     something from before it, has not been taken by the stream below, or else while the engine is
//     starved: of the rest of a message that has to be seen before more is written.
//  4. An operation that has its result and waits for run() cannot be cancelled any more.
class connection final : private ready_node, private timer_node {
public:
    connection(std::unique_ptr<byte_stream> bytes, std::unique_ptr<engine> up, event_loop& loop);
    ~connection();

    bool try_now(io::operation& op) noexcept;
    void submit(io::operation& op) noexcept;
    bool cancel(io::operation& op) noexcept;
    int shutdown_write() noexcept;
    void close(io::closing how) noexcept;
    // Closed, and nobody refers to it any more: it goes when nothing is under way.
    void let_go() noexcept;

    const byte_stream& below() const noexcept { return *bytes_; }
    const engine& tls() const noexcept { return *engine_; }
    std::exception_ptr failure(int error, const char* attempt) const;

private:
    struct receive_operation final : io::operation {
        explicit receive_operation(connection& c) noexcept : owner(c) {}
        void complete() noexcept override { owner.completed(owner.received_); }
        connection& owner;
    };
    struct send_operation final : io::operation {
        explicit send_operation(connection& c) noexcept : owner(c) { code = io::opcode::send; }
        void complete() noexcept override { owner.completed(owner.sent_); }
        connection& owner;
    };
    // An operation of the stream above that waits.
    struct waiting {
        io::operation* op = nullptr;
        bool finished = false;  // has its result: run() completes it
    };

    bool read(io::operation& op) noexcept;
    progress write(io::operation& op) noexcept;
    bool fetch() noexcept;
    bool prepare_receive() noexcept;
    void take_input() noexcept;
    void serve_reader() noexcept;
    void serve_writer(bool at_once) noexcept;
    void start_receiving() noexcept;
    void stop_receiving() noexcept;
    void start_sending() noexcept;
    void take_received() noexcept;
    void take_sent() noexcept;
    void completed(bool& which) noexcept;
    void wake() noexcept;
    static void complete(waiting& w) noexcept;
    void complete_soon(waiting& w) noexcept;
    bool has_unsent() const noexcept { return engine_->writing || !engine_->output.empty(); }
    bool is_idle() const noexcept { return !receive_.in_flight && !send_.in_flight && !queued_; }
    void say_goodbye() noexcept;
    void finish_close(io::closing how) noexcept;
    void look_for_end() noexcept;
    bool arm(instant when) noexcept;
    void run() noexcept override;
    void expire() noexcept override { finish_close(io::closing::abort); }
    void discard() noexcept override;

    std::unique_ptr<byte_stream> bytes_;
    std::unique_ptr<engine> engine_;
    event_loop& loop_;
    receive_operation receive_;
    send_operation send_;
    std::string sending_;
    waiting reader_;
    waiting writer_;
    std::size_t taken_ = 0;  // of the writer: encrypted already
    bool queued_ = false;    // in the ready queue
    bool received_ = false;  // receive_ has completed, and run() is to see to it
    bool sent_ = false;      // likewise
    bool closed_ = false;    // by the stream above
    bool closed_below_ = false;
    bool alone_ = false;  // the stream above is gone
    bool busy_ = false;   // in a member function that still needs it
};

// The stream above.
class tls_stream final : public byte_stream {
public:
    ~tls_stream() override {
        if (connection_ != nullptr) {
            connection_->close(io::closing::flush);
            connection_->let_go();
        }
    }
    // Once, and before everything else.
    void open(connection* c) noexcept { connection_ = c; }

    bool try_now(io::operation& op) noexcept override { return connection_->try_now(op); }
    void submit(io::operation& op) noexcept override { connection_->submit(op); }
    bool cancel(io::operation& op) noexcept override { return connection_->cancel(op); }
    int shutdown_write() noexcept override { return connection_->shutdown_write(); }
    void close(io::closing how) noexcept override { connection_->close(how); }
    io::endpoint local_address() const noexcept override {
        return connection_->below().local_address();
    }
    io::endpoint peer_address() const noexcept override {
        return connection_->below().peer_address();
    }
    std::string peer_name() const override { return connection_->below().peer_name(); }
    std::exception_ptr failure(int error, const char* attempt) const override {
        return connection_->failure(error, attempt);
    }

    const engine& tls() const noexcept { return connection_->tls(); }

private:
    connection* connection_ = nullptr;
};

}  // namespace nurt::tls::detail

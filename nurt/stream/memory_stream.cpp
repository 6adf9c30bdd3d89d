// SPDX-License-Identifier: MIT
// nurt/stream/memory_stream.cpp: see the header.
#include "nurt/stream/memory_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

namespace nurt {

namespace {

// One direction. Invariant: a receive waits only while it is empty, a send only while it is full.
struct pipe {
    explicit pipe(std::size_t n) : capacity(n) {}

    bool receive(io::operation& op) {
        if (bytes.empty()) {
            op.result = reset ? -ECONNRESET : 0;
            return ended || reset || op.size == 0;
        }
        const std::size_t n = std::min(op.size, bytes.size());
        std::memcpy(op.data, bytes.data(), n);
        bytes.erase(0, n);
        op.result = static_cast<std::int64_t>(n);
        return true;
    }
    bool send(io::operation& op) {
        if (ended || unread) {
            op.result = reset ? -ECONNRESET : -EPIPE;
            return true;
        }
        const std::size_t n = std::min(op.size, capacity - bytes.size());
        bytes.append(static_cast<const char*>(op.data), n);
        op.result = static_cast<std::int64_t>(n);
        return n != 0 || op.size == 0;
    }
    void finish(io::operation*& waiting) noexcept {
        io::operation* op = std::exchange(waiting, nullptr);
        op->in_flight = false;
        op->complete();
    }
    // Something has changed: completes what has waited for it. Each step may let the other go on.
    void settle() {
        for (bool more = true; more;) {
            more = false;
            if (reader != nullptr && receive(*reader)) {
                finish(reader);
                more = true;
            }
            if (writer != nullptr && send(*writer)) {
                finish(writer);
                more = true;
            }
        }
    }

    std::size_t capacity;
    std::string bytes;
    bool ended = false;   // the writing end is closed
    bool unread = false;  // the reading end is closed
    bool reset = false;   // one of them by abort
    io::operation* reader = nullptr;
    io::operation* writer = nullptr;
};

class memory_stream final : public byte_stream {
public:
    memory_stream(std::shared_ptr<pipe> in, std::shared_ptr<pipe> out)
        : in_(std::move(in)), out_(std::move(out)) {}
    ~memory_stream() override { close(io::closing::flush); }

    bool try_now(io::operation& op) noexcept override {
        const bool receives = op.code == io::opcode::receive;
        pipe& p = receives ? *in_ : *out_;
        if (receives ? !p.receive(op) : !p.send(op)) {
            return false;
        }
        p.settle();
        return true;
    }
    void submit(io::operation& op) noexcept override {
        const bool receives = op.code == io::opcode::receive;
        pipe& p = receives ? *in_ : *out_;
        (receives ? p.reader : p.writer) = &op;
        op.in_flight = true;
        p.settle();  // of a long write a part has gone, and a reader has made room again
    }
    bool cancel(io::operation& op) noexcept override {
        (op.code == io::opcode::receive ? in_->reader : out_->writer) = nullptr;
        op.in_flight = false;
        return true;
    }
    int shutdown_write() noexcept override {
        out_->ended = true;
        out_->settle();
        return 0;
    }
    void close(io::closing how) noexcept override {
        if (std::exchange(closed_, true)) {
            return;
        }
        for (io::operation** waiting : {&in_->reader, &out_->writer}) {
            if (*waiting != nullptr) {
                (*waiting)->result = -ECANCELED;
                in_->finish(*waiting);
            }
        }
        in_->reset = in_->reset || how == io::closing::abort;
        out_->reset = out_->reset || how == io::closing::abort;
        in_->unread = out_->ended = true;
        in_->settle();
        out_->settle();
    }
    std::string peer_name() const override { return "memory"; }

private:
    std::shared_ptr<pipe> in_;
    std::shared_ptr<pipe> out_;
    bool closed_ = false;
};

}  // namespace

std::pair<stream, stream> memory_stream_pair(std::size_t capacity) {
    auto there = std::make_shared<pipe>(capacity);
    auto back = std::make_shared<pipe>(capacity);
    return {stream(std::make_unique<memory_stream>(back, there)),
            stream(std::make_unique<memory_stream>(there, back))};
}

}  // namespace nurt

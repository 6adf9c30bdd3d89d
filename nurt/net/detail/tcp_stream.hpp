// SPDX-License-Identifier: MIT
// nurt/net/detail/tcp_stream.hpp: a socket of the loop's backend as a byte_stream: TCP, or Unix.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "nurt/io/backend.hpp"
#include "nurt/net/address.hpp"
#include "nurt/stream/byte_stream.hpp"

namespace nurt::detail {

class tcp_stream final : public byte_stream {
public:
    explicit tcp_stream(io::backend& io) noexcept : io_(io) {}
    ~tcp_stream() override { close(io::closing::flush); }

    // Once, and before everything else. Apart from the constructor, because a channel that has been
    // made needs an owner at once, and making that may fail.
    void open(io::channel& c, const std::optional<socket_address>& peer) noexcept {
        channel_ = &c;
        peer_ = peer;
    }

    bool try_now(io::operation& op) noexcept override {
        op.target = channel_;
        return io_.try_now(op);
    }
    void submit(io::operation& op) noexcept override {
        op.target = channel_;
        io_.submit(op);
    }
    bool cancel(io::operation& op) noexcept override { return io_.cancel(op); }
    int shutdown_write() noexcept override { return io_.shutdown_write(*channel_); }
    void close(io::closing how) noexcept override {
        if (channel_ != nullptr) {
            io_.close(*std::exchange(channel_, nullptr), how);
        }
    }
    io::endpoint local_address() const noexcept override {
        return channel_ != nullptr ? io_.local_address(*channel_) : io::endpoint{};
    }
    io::endpoint peer_address() const noexcept override {
        if (peer_) {
            return peer_->to_endpoint();
        }
        return channel_ != nullptr ? io_.peer_address(*channel_) : io::endpoint{};
    }
    std::string peer_name() const override {
        return peer_ ? peer_->to_string() : name_of_unix(peer_address(), local_address());
    }

    // A peer that was never bound is called by where it connected to.
    static std::string name_of_unix(const io::endpoint& peer, const io::endpoint& own);

    // -1 after close().
    int descriptor() const noexcept { return channel_ != nullptr ? channel_->descriptor() : -1; }
    // Takes the descriptor out, and what has been received already. Not after close().
    int release(std::string& unread) {
        return io_.release(*std::exchange(channel_, nullptr), &unread);
    }

private:
    io::backend& io_;
    io::channel* channel_ = nullptr;
    std::optional<socket_address> peer_;
};

}  // namespace nurt::detail

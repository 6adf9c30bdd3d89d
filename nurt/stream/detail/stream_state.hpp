// SPDX-License-Identifier: MIT
// nurt/stream/detail/stream_state.hpp: what a stream and the operations on it share.
//
// It outlives the stream while somebody still waits: closing a stream under a reader ends the
// reader's await with an error, in the reader's own time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "nurt/stream/byte_stream.hpp"
#include "nurt/stream/detail/read_buffer.hpp"

namespace nurt::detail {

struct stream_state {
    explicit stream_state(std::unique_ptr<byte_stream> b) noexcept : bytes(std::move(b)) {}

    std::unique_ptr<byte_stream> bytes;
    read_buffer buffer;
    std::size_t limit = 65536;
    std::uint32_t references = 0;
    bool reading = false;  // a task reads
    bool writing = false;  // a task writes
    bool ended = false;    // the end of the stream was read
    bool closed = false;
    bool unsent = false;  // the question of the last exchange could not be written
    bool torn = false;    // a write was cancelled after some of its bytes had gone
};

// A counted reference; of the loop's thread, so not atomic.
class stream_ref {
public:
    stream_ref() = default;
    explicit stream_ref(stream_state* s) noexcept : state_(s) { retain(); }
    stream_ref(const stream_ref& other) noexcept : state_(other.state_) { retain(); }
    stream_ref(stream_ref&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    stream_ref& operator=(stream_ref other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~stream_ref() {
        if (state_ != nullptr && --state_->references == 0) {
            delete state_;
        }
    }

    stream_state* operator->() const noexcept { return state_; }
    stream_state& operator*() const noexcept { return *state_; }
    explicit operator bool() const noexcept { return state_ != nullptr; }

private:
    void retain() noexcept {
        if (state_ != nullptr) {
            ++state_->references;
        }
    }

    stream_state* state_ = nullptr;
};

}  // namespace nurt::detail

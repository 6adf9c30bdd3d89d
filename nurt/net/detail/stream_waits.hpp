// SPDX-License-Identifier: MIT
// nurt/net/detail/stream_waits.hpp: for calls that go past a stream to its socket.
#pragma once

#include <coroutine>
#include <cstdint>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/net/detail/operation_leaf.hpp"
#include "nurt/stream/byte_stream.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt::detail {

// Until the socket can be read, or takes more bytes. Gives 0 or -errno.
class socket_ready_leaf final : public operation_leaf {
public:
    socket_ready_leaf(byte_stream& bytes, io::opcode what) noexcept : bytes_(bytes) { code = what; }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept { bytes_.submit(*this); }
    std::int64_t await_resume() const noexcept { return result; }

private:
    bool take_back() noexcept override { return bytes_.cancel(*this); }

    byte_stream& bytes_;
};

// Marks a task as the writer of a stream. Unless all is said to have gone well, what was written
// stays torn.
class writer_mark {
public:
    explicit writer_mark(stream_ref s) : state_(std::move(s)) {
        if (state_->closed) {
            throw_stream_closed();
        }
        if (state_->writing || state_->torn) {
            throw usage_error("another task is writing to this stream, or was cancelled half-way");
        }
        state_->writing = true;
    }
    writer_mark(const writer_mark&) = delete;
    writer_mark& operator=(const writer_mark&) = delete;
    ~writer_mark() {
        state_->writing = false;
        state_->torn = state_->torn || (sent != 0 && !whole);
    }

    std::uint64_t sent = 0;
    bool whole = false;

private:
    stream_ref state_;
};

}  // namespace nurt::detail

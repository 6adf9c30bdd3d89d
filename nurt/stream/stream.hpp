// SPDX-License-Identifier: MIT
// nurt/stream/stream.hpp: a connection, to read from and to write to.
//
// One object for both directions, where asyncio has a reader and a writer. It owns the connection:
// when the stream goes, the connection goes, and neither blocks.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/io/endpoint.hpp"
#include "nurt/stream/byte_stream.hpp"
#include "nurt/stream/detail/exchange_leaf.hpp"
#include "nurt/stream/detail/stream_leaf.hpp"
#include "nurt/stream/detail/stream_state.hpp"
#include "nurt/stream/errors.hpp"

namespace nurt {

// Moved, not copied. One task may read and one may write at a time; a second reader or writer gets
// usage_error. The limit, 64 KiB unless set, bounds what a search for a separator may buffer.
//
// A failing connection throws os_error; the end of the stream is a value, not an error. A cancelled
// read loses no byte. A cancelled write may have sent a part, and then the stream takes no
// further writes. Closing ends the reads and writes of others with os_error(ECANCELED).
//
// The destructor closes without blocking: what a write has taken is still sent, for 5 s at most.
// Python: asyncio.StreamReader and asyncio.StreamWriter.
class stream {
public:
    stream() = default;  // closed
    explicit stream(std::unique_ptr<byte_stream> bytes);
    stream(stream&& other) noexcept = default;
    stream& operator=(stream&& other) noexcept;
    ~stream() { close(); }

    // What is there, up to the size of the buffer, at least one byte; waits if there is nothing.
    // 0 is the end of the stream (or an empty buffer). Reads straight into the buffer unless an
    // earlier search left bytes behind. Gives std::size_t.
    auto read_some(std::span<char> to) { return read_into(to.data(), to.size()); }
    auto read_some(std::span<std::byte> to) { return read_into(to.data(), to.size()); }
    auto read_some(std::span<unsigned char> to) { return read_into(to.data(), to.size()); }

    // Writes all of it and gives its size. The memory has to stay until then.
    auto write(std::string_view from) { return write_from(from.data(), from.size(), false); }
    auto write(std::span<const std::byte> from) {
        return write_from(from.data(), from.size(), false);
    }
    // Writes at least one byte and gives the number.
    auto write_some(std::string_view from) { return write_from(from.data(), from.size(), true); }
    auto write_some(std::span<const std::byte> from) {
        return write_from(from.data(), from.size(), true);
    }

    // Writes all of data, then waits for an answer and gives its size, as read_some does: 0 is the
    // end of the stream. It is the task's only read and write while it lasts, and both memories have
    // to stay until then; they may be the same. Cancelled, it leaves the stream as a cancelled write
    // or read would. On io_uring data leaves in the system call that waits, as soon as nothing else
    // is ready to run in this loop: one call for both, and for all who exchange in the same turn.
    // Gives std::size_t.
    auto exchange(std::string_view data, std::span<char> answer) {
        return exchange_with(data.data(), data.size(), answer.data(), answer.size());
    }
    auto exchange(std::span<const std::byte> data, std::span<std::byte> answer) {
        return exchange_with(data.data(), data.size(), answer.data(), answer.size());
    }

    // Up to n bytes, as soon as there are some; "" is the end of the stream, or n == 0.
    coro<std::string> read(std::size_t n) { return read_up_to(shared(), n); }
    // Everything until the end of the stream.
    coro<std::string> read_all() { return read_to_end(shared()); }
    // Exactly n bytes; incomplete_read_error when the stream ends first.
    coro<std::string> readexactly(std::size_t n) { return read_exact(shared(), n); }
    // Up to and with the separator, which is not empty. incomplete_read_error when the stream ends
    // first; limit_overrun_error when it is not within the limit, and then nothing is consumed.
    coro<std::string> readuntil(std::string separator = "\n") {
        return read_until(shared(), std::move(separator));
    }
    // The same with whichever of several separators ends first: readuntil("\r", "\n").
    template <class... More>
        requires(sizeof...(More) > 0 && (std::convertible_to<const More&, std::string_view> && ...))
    coro<std::string> readuntil(std::string_view separator, const More&... more) {
        std::vector<std::string> all{std::string(separator),
                                     std::string(std::string_view(more))...};
        return read_until_any(shared(), std::move(all));
    }
    // A line with its "\n"; the rest when the stream ends without one, and "" at the end. A line
    // over the limit is dropped, as far as it was read, and throws limit_overrun_error.
    coro<std::string> readline() { return read_line(shared()); }
    // True when the end was read and nothing is left.
    bool at_eof() const noexcept;

    // The peer reads the end of the stream; reading from it goes on. Python: write_eof().
    void shutdown_write();

    // At once and without blocking; co_await s.close() may be written, but need not. A second
    // close does nothing.
    detail::close_leaf close() noexcept;
    // The peer gets a reset, and what it has not read yet may be lost.
    void abort() noexcept;
    bool is_closed() const noexcept { return !state_ || state_->closed; }

    io::endpoint local_endpoint() const noexcept;
    io::endpoint peer_endpoint() const noexcept;
    std::string peer_name() const;

    std::size_t limit() const { return checked()->limit; }
    void set_limit(std::size_t bytes) { checked()->limit = bytes; }

    // Takes the connection out; the stream is closed then. What has been received and nobody has
    // asked for is appended to unread. usage_error while somebody waits, or while there are such
    // bytes and nowhere to put them.
    std::unique_ptr<byte_stream> release(std::string* unread = nullptr);

    // For those who keep an eye on streams of others.
    const detail::stream_ref& shared() const { return checked(); }

private:
    const detail::stream_ref& checked() const {
        if (!state_) [[unlikely]] {
            detail::throw_stream_closed();
        }
        return state_;
    }
    detail::read_leaf read_into(void* data, std::size_t size) {
        return detail::read_leaf(checked(), data, size);
    }
    detail::write_leaf write_from(const void* data, std::size_t size, bool some) {
        return detail::write_leaf(checked(), data, size, some);
    }
    detail::exchange_leaf exchange_with(const void* from, std::size_t from_size, void* to,
                                        std::size_t to_size) {
        return detail::exchange_leaf(checked(), from, from_size, to, to_size);
    }

    // Static, since the stream may move while they run.
    static coro<std::string> read_up_to(detail::stream_ref s, std::size_t n);
    static coro<std::string> read_to_end(detail::stream_ref s);
    static coro<std::string> read_exact(detail::stream_ref s, std::size_t n);
    static coro<std::string> read_until(detail::stream_ref s, std::string separator);
    static coro<std::string> read_until_any(detail::stream_ref s, std::vector<std::string> all);
    static coro<std::string> read_line(detail::stream_ref s);

    detail::stream_ref state_;
};

}  // namespace nurt

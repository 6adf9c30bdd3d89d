// SPDX-License-Identifier: MIT
// nurt/stream/stream.cpp: see the header.
#include "nurt/stream/stream.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <utility>

namespace nurt {

using detail::read_leaf;
using detail::reader_mark;
using detail::stream_ref;
using detail::stream_state;

namespace {

constexpr std::size_t block = 65536;  // what one read of a long one asks the kernel for

// Reads more into the buffer; 0 at the end of the stream. For the task that has the mark.
coro<std::size_t> fill(stream_ref s) {
    const auto room = s->buffer.room(4096);
    const std::size_t n = co_await read_leaf(s, room.data, room.size, true);
    s->buffer.filled(n);
    co_return n;
}

// What a long read has got so far. Cancelled or failed, it gives that back.
class so_far {
public:
    so_far(stream_state& s, std::size_t most) : state_(s), text_(s.buffer.take(most)) {
        size_ = text_.size();
    }
    so_far(const so_far&) = delete;
    so_far& operator=(const so_far&) = delete;
    ~so_far() {
        if (size_ != 0) {
            state_.buffer.put_back(std::move(text_), size_);
        }
    }

    std::size_t size() const noexcept { return size_; }
    // Room for what comes next; then says how much of it was filled.
    std::span<char> room(std::size_t wanted) {
        text_.resize(size_ + wanted);
        return std::span(text_).subspan(size_);
    }
    std::size_t spare() const noexcept { return text_.capacity() - size_; }
    void filled(std::size_t n) noexcept { size_ += n; }
    std::string all() {
        text_.resize(std::exchange(size_, 0));
        return std::move(text_);
    }

private:
    stream_state& state_;
    std::string text_;
    std::size_t size_;
};

void close_state(stream_state& s, io::closing how) noexcept {
    if (!s.closed) {
        s.closed = true;
        s.bytes->close(how);
    }
}

// Where the chunk that ends in a separator ends, or npos.
struct search {
    std::span<const std::string> separators;
    std::size_t offset = 0;  // a separator may begin from here on

    std::size_t find(const stream_state& s) {
        const std::string_view have = s.buffer.view();
        std::string_view before = have;  // where a separator may be that ends sooner
        std::size_t begin = 0;
        std::size_t end = have.npos;
        std::size_t longest = 0;
        for (const std::string& one : separators) {
            longest = std::max(longest, one.size());
            if (const std::size_t at = before.find(one, offset); at != have.npos) {
                begin = at;
                end = at + one.size();
                before = have.substr(0, end - 1);
            }
        }
        if (end != have.npos) {
            if (begin > s.limit) {
                throw limit_overrun_error("separator is found, but chunk is longer than limit",
                                          begin);
            }
            return end;
        }
        if (have.size() >= longest) {
            offset = have.size() + 1 - longest;
        }
        if (offset > s.limit) {
            throw limit_overrun_error("separator is not found, and chunk exceeds the limit",
                                      offset);
        }
        return end;
    }
};

std::span<const std::string> all_of(const std::string& one) {
    return {&one, 1};
}
std::span<const std::string> all_of(const std::vector<std::string>& some) {
    return some;
}

template <class Separators>
coro<std::string> read_to(stream_ref s, Separators separators) {
    search searched{all_of(separators)};
    for (const std::string& one : searched.separators) {
        if (one.empty()) {
            throw std::invalid_argument("separator should be at least one byte");
        }
    }
    const reader_mark mark(s);
    for (;;) {
        const std::size_t end = searched.find(*s);
        if (end != std::string_view::npos) {
            co_return s->buffer.take(end);
        }
        const std::size_t got = co_await fill(s);
        if (got == 0) {
            throw incomplete_read_error(s->buffer.take(s->buffer.size()), 0);
        }
    }
}

}  // namespace

stream::stream(std::unique_ptr<byte_stream> bytes) : state_(new stream_state(std::move(bytes))) {}

stream& stream::operator=(stream&& other) noexcept {
    if (this != &other) {
        close();
        state_ = std::move(other.state_);
    }
    return *this;
}

bool stream::at_eof() const noexcept {
    return !state_ || (state_->ended && state_->buffer.empty());
}

void stream::shutdown_write() {
    const stream_ref& s = checked();
    if (s->closed) {
        detail::throw_stream_closed();
    }
    if (const int result = s->bytes->shutdown_write(); result < 0) {
        std::rethrow_exception(s->bytes->failure(-result, "shut down writing to"));
    }
}

detail::close_leaf stream::close() noexcept {
    if (state_) {
        close_state(*state_, io::closing::flush);
    }
    return detail::close_leaf();
}

void stream::abort() noexcept {
    if (state_) {
        close_state(*state_, io::closing::abort);
    }
}

io::endpoint stream::local_endpoint() const noexcept {
    return is_closed() ? io::endpoint{} : state_->bytes->local_address();
}

io::endpoint stream::peer_endpoint() const noexcept {
    return is_closed() ? io::endpoint{} : state_->bytes->peer_address();
}

std::string stream::peer_name() const {
    return checked()->bytes->peer_name();
}

std::unique_ptr<byte_stream> stream::release(std::string* unread) {
    const stream_ref& s = checked();
    if (s->closed) {
        detail::throw_stream_closed();
    }
    if (s->reading || s->writing || (unread == nullptr && !s->buffer.empty())) {
        throw usage_error("a stream that is in use, or has bytes buffered, cannot be released");
    }
    if (unread != nullptr) {
        unread->append(s->buffer.view());
    }
    s->closed = true;
    auto bytes = std::move(s->bytes);
    state_ = {};
    return bytes;
}

coro<std::string> stream::read_up_to(stream_ref s, std::size_t n) {
    const reader_mark mark(s);
    if (n == 0) {
        co_return std::string();
    }
    if (!s->buffer.empty()) {
        co_return s->buffer.take(n);
    }
    std::string result(std::min(n, block), '\0');
    const std::size_t got = co_await read_leaf(s, result.data(), result.size(), true);
    result.resize(got);
    co_return result;
}

coro<std::string> stream::read_to_end(stream_ref s) {
    const reader_mark mark(s);
    so_far text(*s, s->buffer.size());
    for (std::size_t got = 1; got != 0; text.filled(got)) {
        const std::span<char> room = text.room(std::max(block, text.spare()));
        got = co_await read_leaf(s, room.data(), room.size(), true);
    }
    co_return text.all();
}

coro<std::string> stream::read_exact(stream_ref s, std::size_t n) {
    const reader_mark mark(s);
    so_far text(*s, n);
    while (text.size() < n) {
        // Grows with what arrives: a peer that announces much has to send it before it costs much.
        const std::span<char> room =
            text.room(std::min(n - text.size(), std::max(block, text.size())));
        const std::size_t got = co_await read_leaf(s, room.data(), room.size(), true);
        text.filled(got);
        if (got == 0) {
            throw incomplete_read_error(text.all(), n);
        }
    }
    co_return text.all();
}

coro<std::string> stream::read_until(stream_ref s, std::string separator) {
    return read_to(std::move(s), std::move(separator));
}

coro<std::string> stream::read_until_any(stream_ref s, std::vector<std::string> all) {
    return read_to(std::move(s), std::move(all));
}

coro<std::string> stream::read_line(stream_ref s) {
    try {
        co_return co_await read_until(s, "\n");
    } catch (const incomplete_read_error& end) {
        co_return end.partial();
    } catch (const limit_overrun_error& over) {
        const bool found = s->buffer.view().substr(over.consumed()).starts_with('\n');
        s->buffer.drop(found ? over.consumed() + 1 : s->buffer.size());
        throw;
    }
}

}  // namespace nurt

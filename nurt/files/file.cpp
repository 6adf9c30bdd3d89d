// SPDX-License-Identifier: MIT
// nurt/files/file.cpp: see the header.
#include "nurt/files/file.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/descriptor_stream.hpp"
#include "nurt/files/detail/status_call.hpp"
#include "nurt/io/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace nurt::files {

using detail::checked;
using detail::file_call;
using detail::file_leaf;
using detail::file_state;
using detail::position_mark;
using detail::transfer;

namespace {

constexpr std::size_t first_block = 16 * 1024;  // most files are smaller
constexpr std::size_t largest_block = 1024 * 1024;
constexpr std::size_t line_block = 64 * 1024;

using state = std::shared_ptr<file_state>;

// From behind the buffer, without touching position; 0 at the end.
coro<std::size_t> read_behind(state s, char* to, std::size_t size) {
    if (!s->pipe.is_closed()) {
        co_return co_await s->pipe.read_some(std::span<char>(to, size));
    }
    transfer read(s, file_call::read, to, size,
                  detail::offset_in(*s, s->position + s->buffer.size()));
    co_return co_await read;
}

coro<std::size_t> fill(state s) {
    const auto room = s->buffer.room(line_block);
    const std::size_t n = co_await read_behind(s, room.data, room.size);
    s->buffer.filled(n);
    co_return n;
}

std::string take(file_state& s, std::size_t n) {
    std::string bytes = s.buffer.take(std::min(n, s.buffer.size()));
    s.position += bytes.size();
    return bytes;
}

// Of a read in pieces that does not come to its end: it has lost nothing.
struct return_point {
    explicit return_point(file_state& s) noexcept : state(s), start(s.position) {}
    return_point(const return_point&) = delete;
    return_point& operator=(const return_point&) = delete;
    ~return_point() {
        if (!reached && state.position != start) {
            state.position = start;
            state.buffer.drop(state.buffer.size());
        }
    }

    file_state& state;
    std::uint64_t start;
    bool reached = false;
};

// For files that cannot go back. n may be SIZE_MAX.
coro<void> fill_up_to(state s, std::size_t n) {
    std::size_t got = 1;
    while (s->buffer.size() < n && got != 0) {
        got = co_await fill(s);
    }
}

// n may be SIZE_MAX, for all.
coro<std::string> take_up_to(state s, std::size_t n) {
    if (!s->pipe.is_closed()) {
        co_await fill_up_to(s, n);
    }
    return_point back(*s);
    std::string bytes = take(*s, n);
    std::size_t have = bytes.size();
    while (have < n && s->pipe.is_closed()) {
        bytes.resize(std::min(n, have + std::clamp(have, first_block, largest_block)));
        const std::size_t got = co_await read_behind(s, bytes.data() + have, bytes.size() - have);
        have += got;
        s->position += got;
        if (got == 0) {
            break;
        }
    }
    bytes.resize(have);
    back.reached = true;
    co_return bytes;
}

coro<std::size_t> append_to_end(state s, std::string_view from) {
    transfer write(s, file_call::write, const_cast<char*>(from.data()), from.size(), -1);
    const std::size_t n = co_await write;
    // Where the end is, the kernel knows.
    const off_t end = ::lseek(s->descriptor, 0, SEEK_CUR);
    s->position = end >= 0 ? static_cast<std::uint64_t>(end) : s->position + n;
    co_return n;
}

coro<std::string> line_of(state s) {
    std::size_t looked_at = 0;
    for (;;) {
        const auto at = s->buffer.view().find('\n', looked_at);
        if (at != std::string_view::npos) {
            co_return take(*s, at + 1);
        }
        looked_at = s->buffer.size();
        const std::size_t got = co_await fill(s);
        if (got == 0) {
            co_return take(*s, looked_at);
        }
    }
}

unsigned flags_of(const open_options& o) {
    unsigned flags = O_CLOEXEC | O_NOCTTY | O_LARGEFILE;
    const bool writes = o.write || o.append;
    flags |= o.read && writes ? O_RDWR : writes ? O_WRONLY : o.read ? O_RDONLY : O_PATH;
    flags |= o.append ? O_APPEND : 0;
    flags |= o.create ? O_CREAT : 0;
    flags |= o.exclusive ? O_EXCL : 0;
    flags |= o.truncate ? O_TRUNC : 0;
    flags |= o.follow ? 0 : O_NOFOLLOW;
    return flags;
}

open_options options_of(std::string_view mode) {
    std::string letters(mode);
    std::erase_if(letters, [](char c) { return c == 'b' || c == 't'; });
    const bool both = letters.size() == 2 && letters[1] == '+';
    open_options o;
    const char first = letters.empty() ? '?' : letters[0];
    const bool known = first == 'r' || first == 'w' || first == 'a' || first == 'x';
    if (known && letters.size() == (both ? 2U : 1U)) {
        o.read = first == 'r' || both;
        o.write = first != 'r' || both;
        o.append = first == 'a';
        o.create = first != 'r';
        o.exclusive = first == 'x';
        o.truncate = first == 'w';
        return o;
    }
    throw std::invalid_argument("no mode to open a file: '" + std::string(mode) + "'");
}

// It does not wait for the other end of a FIFO. Where it matters for nothing else it is taken back,
// also because a file whose lease another program holds says EAGAIN then.
coro<std::int64_t> open_descriptor(std::string path, open_options options) {
    file_leaf request(file_call::open, path);
    request.flags = flags_of(options) | O_NONBLOCK;
    request.mode = options.permissions;
    const std::int64_t first = co_await request;
    if (first != -EAGAIN) {
        co_return first;
    }
    file_leaf patient(file_call::open, path);
    patient.flags = flags_of(options);
    patient.mode = options.permissions;
    co_return co_await patient;
}

}  // namespace

file file::adopt(int descriptor, std::string name) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0) {
        throw os_error(errno, "adopt " + name);
    }
    auto s = std::make_shared<file_state>(-1, std::move(name));
    const bool looks_only = (flags & O_PATH) != 0;
    if (!looks_only && ::lseek(descriptor, 0, SEEK_CUR) < 0 && errno == ESPIPE) {
        s->pipe = detail::stream_of_pipe(descriptor, s->name);
    } else if ((flags & O_NONBLOCK) != 0) {
        ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
    }
    s->descriptor = descriptor;
    s->append = (flags & O_APPEND) != 0;
    s->writable = (flags & O_ACCMODE) != O_RDONLY;
    return file(std::move(s));
}

coro<file> open(std::string path, open_options options) {
    detail::check_path(path);
    const std::int64_t result = co_await open_descriptor(path, options);
    io::descriptor owner(static_cast<int>(checked(result, "open", path)));
    file made = file::adopt(owner.number(), std::move(path));
    owner.release();
    co_return made;
}

coro<file> open(std::string path, std::string_view mode) {
    return open(std::move(path), options_of(mode));
}

coro<std::size_t> file::read_into(state s, std::span<char> to) {
    const position_mark mark(*s);
    std::size_t n = 0;
    if (!s->buffer.empty()) {
        n = s->buffer.take(to.data(), to.size());
    } else if (!to.empty()) {
        n = co_await read_behind(s, to.data(), to.size());
    }
    s->position += n;
    co_return n;
}

coro<std::string> file::read_up_to(state s, std::size_t n, bool exactly) {
    const position_mark mark(*s);
    std::string bytes = co_await take_up_to(s, n);
    if (exactly && bytes.size() < n) {
        throw incomplete_read_error(std::move(bytes), n);
    }
    co_return bytes;
}

coro<std::string> file::read_to_end(state s) {
    return read_up_to(std::move(s), SIZE_MAX, false);
}

coro<std::string> file::read_line(state s) {
    const position_mark mark(*s);
    std::string line = co_await line_of(s);
    co_return line;
}

coro<std::vector<std::string>> file::read_lines(state s) {
    const position_mark mark(*s);
    std::string all = co_await take_up_to(s, SIZE_MAX);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < all.size();) {
        const std::size_t end = std::min(all.find('\n', at), all.size() - 1) + 1;
        lines.push_back(all.substr(at, end - at));
        at = end;
    }
    co_return lines;
}

coro<std::optional<std::string>> file::read_next_line(state s) {
    const position_mark mark(*s);
    std::string line = co_await line_of(s);
    std::optional<std::string> result;
    if (!line.empty()) {
        if (line.back() == '\n') {
            line.pop_back();
        }
        result = std::move(line);
    }
    co_return result;
}

coro<std::size_t> file::write_from(state s, std::string_view from) {
    const position_mark mark(*s);
    std::size_t n = 0;
    if (!s->pipe.is_closed()) {
        n = co_await s->pipe.write(from);
    } else if (s->append) {
        s->buffer.drop(s->buffer.size());
        n = co_await append_to_end(s, from);
    } else {
        s->buffer.drop(s->buffer.size());
        n = co_await transfer(s, file_call::write, const_cast<char*>(from.data()), from.size(),
                              detail::offset_in(*s, s->position));
        s->position += n;
    }
    co_return n;
}

coro<std::uint64_t> file::move_to(state s, std::int64_t offset, whence from) {
    const position_mark mark(*s);
    if (!s->pipe.is_closed()) {
        detail::fail(-ESPIPE, "seek in", s->name);
    }
    auto base = static_cast<std::int64_t>(from == whence::current ? s->position : 0);
    if (from == whence::end) {
        const file_status status = co_await detail::status_of_descriptor(s->descriptor, s->name);
        base = static_cast<std::int64_t>(status.size);
    }
    std::int64_t to = 0;
    if (__builtin_add_overflow(base, offset, &to) || to < 0) {
        throw std::invalid_argument("a position before the start of " + s->name);
    }
    s->buffer.drop(s->buffer.size());
    s->position = static_cast<std::uint64_t>(to);
    co_return s->position;
}

coro<void> file::call(state s, file_call what, std::uint64_t offset, const char* name) {
    file_leaf request(what, s->descriptor);
    request.offset = static_cast<std::int64_t>(offset);
    const std::int64_t result = co_await request;
    checked(result, name, s->name);
}

coro<void> file::cut(state s, std::uint64_t size) {
    const position_mark mark(*s);
    s->buffer.drop(s->buffer.size());
    if (!s->writable) {  // the kernel's EINVAL says nothing
        detail::fail(-EBADF, "truncate", s->name + " (not opened for writing)");
    }
    co_await call(s, file_call::truncate, size, "truncate");
}

coro<file_status> file::ask_status(state s) {
    co_return co_await detail::status_of_descriptor(s->descriptor, s->name);
}

// Whatever ends this before the request has begun leaves the descriptor to the end of the state.
coro<void> file::end(state s) {
    if (!s || s.use_count() > 1 || !s->pipe.is_closed()) {
        co_return;
    }
    file_leaf request(file_call::close, s->descriptor);
    const std::int64_t result = co_await request;
    s->descriptor = -1;
    if (result != -EINTR) {  // closed all the same
        checked(result, "close", s->name);
    }
}

coro<bool> file::aexit(std::exception_ptr) {
    co_await close();
    co_return false;
}

}  // namespace nurt::files

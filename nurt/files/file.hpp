// SPDX-License-Identifier: MIT
// nurt/files/file.hpp: an open file.
//
// What blocks on a disk is done by the kernel beside the loop (io_uring), or by a thread. Reading keeps
// what it has read too much, so that lines are cheap; writing keeps nothing back, so there is nothing
// to flush, and fsync() alone says that data has reached the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/files/detail/file_state.hpp"
#include "nurt/files/detail/status_call.hpp"
#include "nurt/files/detail/transfer.hpp"
#include "nurt/files/file_status.hpp"

namespace nurt::files {

// How a file is opened. Without read and write it is only there to be looked at.
struct open_options {
    bool read = true;
    bool write = false;
    bool append = false;               // each write goes to the end, wherever others have moved it
    bool create = false;               // if there is none
    bool exclusive = false;            // with create: an error if there is one
    bool truncate = false;             // what was there is dropped
    bool follow = true;                // false: a symbolic link at the end of the path is an error
    std::uint32_t permissions = 0666;  // of a new file; cut by the process's umask
};

enum class whence : std::uint8_t { start, current, end };

// Moved, not copied. Its position belongs to this object and not to the kernel, so a read that is
// cancelled loses nothing. One task at a time may use the position (read, write, seek, and everything
// without an offset), another gets usage_error; pread and pwrite do not touch it, and any number of
// tasks may call them at once.
//
// Cancelled, a request that has begun is waited for: what it gave is returned, and the next await is
// cancelled. A cancelled write may have written a part. Errors are os_error, "read data.txt: Input/output
// error".
//
// A FIFO, terminal or device that cannot be read at an offset works as well: it is opened without
// waiting for its other end (a FIFO that nobody reads cannot be opened for writing), read as it comes,
// and reading it can be cancelled at any time.
//
// The destructor closes without blocking the loop and tells no error; close() does.
//
//     file f = co_await files::open("log.txt");
//     while (auto line = co_await f.next_line()) { ... }
//
// Python: the file objects of open().
class file {
public:
    file() = default;  // closed
    file(file&&) noexcept = default;
    file& operator=(file&&) noexcept = default;
    ~file() = default;

    // Up to the size of the buffer, at least one byte; 0 is the end.
    coro<std::size_t> read_some(std::span<char> to) { return read_into(use(), to); }
    coro<std::size_t> read_some(std::span<std::byte> to) {
        return read_into(use(), {reinterpret_cast<char*>(to.data()), to.size()});
    }
    // n bytes, fewer only at the end; "" is the end.
    coro<std::string> read(std::size_t n) { return read_up_to(use(), n, false); }
    // Exactly n bytes; incomplete_read_error when the file ends first.
    coro<std::string> readexactly(std::size_t n) { return read_up_to(use(), n, true); }
    // From the position to the end.
    coro<std::string> read_all() { return read_to_end(use()); }
    // A line with its "\n", which the last one may lack; "" at the end.
    coro<std::string> readline() { return read_line(use()); }
    // The lines that are left, each with its "\n".
    coro<std::vector<std::string>> readlines() { return read_lines(use()); }
    // A line without its "\n"; nothing at the end.
    coro<std::optional<std::string>> next_line() { return read_next_line(use()); }

    // Writes all of it and gives its size. The memory has to stay until then.
    coro<std::size_t> write(std::string_view from) { return write_from(use(), from); }
    coro<std::size_t> write(std::span<const std::byte> from) {
        return write_from(use(), {reinterpret_cast<const char*>(from.data()), from.size()});
    }

    // At an offset from the start. The memory has to stay until the end of the await. pread gives up
    // to the size of the buffer, fewer only at the end; pwrite writes all. Both give std::size_t.
    auto pread(std::span<char> to, std::uint64_t offset) {
        return at(io::file_call::read, to.data(), to.size(), offset);
    }
    auto pread(std::span<std::byte> to, std::uint64_t offset) {
        return at(io::file_call::read, to.data(), to.size(), offset);
    }
    auto pwrite(std::string_view from, std::uint64_t offset) {
        return at(io::file_call::write, const_cast<char*>(from.data()), from.size(), offset);
    }
    auto pwrite(std::span<const std::byte> from, std::uint64_t offset) {
        return at(io::file_call::write, const_cast<std::byte*>(from.data()), from.size(), offset);
    }

    // Where the next byte is read or written.
    std::uint64_t tell() const { return use()->position; }
    // Gives the new position; std::invalid_argument for one before the start.
    coro<std::uint64_t> seek(std::int64_t offset, whence from = whence::start) {
        return move_to(use(), offset, from);
    }

    // Everything that was written has reached the disk; fdatasync: all that is needed to read it.
    coro<void> fsync() { return call(use(), io::file_call::fsync, 0, "fsync"); }
    coro<void> fdatasync() { return call(use(), io::file_call::fdatasync, 0, "fdatasync"); }
    // Makes the file as long as this; what is new is zero. The position stays.
    coro<void> truncate(std::uint64_t size) { return cut(use(), size); }
    coro<file_status> stat() { return ask_status(use()); }
    // As files::chmod, chown and utime. Python: os.fchmod, os.fchown, os.utime.
    coro<void> chmod(std::uint32_t permissions) {
        return detail::set_permissions(use(), permissions);
    }
    coro<void> chown(std::int64_t user, std::int64_t group) {
        return detail::set_owner(use(), user, group);
    }
    coro<void> utime(duration accessed, duration modified) {
        return detail::set_times(use(), accessed, modified);
    }

    // Closes, and throws what the file system says at last. After it the others throw usage_error;
    // a second close does nothing. What others have under way goes on, and the last closes.
    coro<void> close() { return end(std::exchange(state_, {})); }
    bool is_closed() const noexcept { return !state_; }

    // For nurt::sendfile and others; it stays the file's. -1 when it is closed.
    int descriptor() const noexcept { return state_ ? state_->descriptor : -1; }
    // As it was opened.
    const std::string& name() const { return use()->name; }

    // Takes over a descriptor, unless it throws. The name is for error messages.
    static file adopt(int descriptor, std::string name);

    // The end of with(files::open(...), body).
    coro<bool> aexit(std::exception_ptr error);

private:
    using state = std::shared_ptr<detail::file_state>;

    detail::transfer at(io::file_call what, void* data, std::size_t size, std::uint64_t offset) {
        const state& s = use();
        return detail::transfer(s, what, data, size, detail::offset_in(*s, offset));
    }

    explicit file(state s) noexcept : state_(std::move(s)) {}
    const state& use() const {
        if (!state_) [[unlikely]] {
            detail::throw_file_closed();
        }
        return state_;
    }

    // Static, since the file may move while they run.
    static coro<std::size_t> read_into(state s, std::span<char> to);
    static coro<std::string> read_up_to(state s, std::size_t n, bool exactly);
    static coro<std::string> read_to_end(state s);
    static coro<std::string> read_line(state s);
    static coro<std::vector<std::string>> read_lines(state s);
    static coro<std::optional<std::string>> read_next_line(state s);
    static coro<std::size_t> write_from(state s, std::string_view from);
    static coro<std::uint64_t> move_to(state s, std::int64_t offset, whence from);
    static coro<void> call(state s, io::file_call what, std::uint64_t offset, const char* name);
    static coro<void> cut(state s, std::uint64_t size);
    static coro<file_status> ask_status(state s);
    static coro<void> end(state s);

    state state_;
};

// os_error: "open /etc/shadow: Permission denied". Never inherited by a child that runs another
// program. Python: open(), with the modes "r", "w", "a", "x" and "+"; "b" and "t" change nothing, since
// text is bytes here. std::invalid_argument for another mode or a zero byte in the path.
coro<file> open(std::string path, open_options options);
coro<file> open(std::string path, std::string_view mode = "r");

}  // namespace nurt::files

// SPDX-License-Identifier: MIT
// nurt/files/detail/file_state.hpp: what a file and the requests on it share.
//
// The last of them closes the descriptor, so its number is never another file's while a request is
// under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "nurt/core/coro.hpp"
#include "nurt/stream/detail/read_buffer.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt::files::detail {

// Invariants:
//  1. buffer holds the bytes from position on. What changes the position in another way, or writes,
//     drops it.
//  2. pipe is open exactly for a file without offsets; then it owns the descriptor.
struct file_state {
    file_state(int open, std::string path) noexcept : descriptor(open), name(std::move(path)) {}
    file_state(const file_state&) = delete;
    file_state& operator=(const file_state&) = delete;
    ~file_state();

    int descriptor;
    bool append = false;
    bool writable = false;
    bool busy = false;  // a task uses the position
    std::uint64_t position = 0;
    nurt::detail::read_buffer buffer;
    stream pipe;
    std::string name;
};

// The task that uses the position, from its first look to its last.
class position_mark {
public:
    explicit position_mark(file_state& s);
    position_mark(const position_mark&) = delete;
    position_mark& operator=(const position_mark&) = delete;
    ~position_mark() { state_.busy = false; }

private:
    file_state& state_;
};

// Closes a file that nobody waits for. Never blocks while a loop runs.
void close_in_background(int descriptor, bool written) noexcept;

[[noreturn]] void throw_file_closed();

}  // namespace nurt::files::detail

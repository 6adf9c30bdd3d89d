// SPDX-License-Identifier: MIT
// nurt/files/detail/transfer.cpp: see the header.
#include "nurt/files/detail/transfer.hpp"

#include "nurt/base/error.hpp"
#include "nurt/threads/run_in_executor.hpp"

#include <cerrno>
#include <cstdint>

#include <unistd.h>

namespace nurt::files::detail {

namespace {

void close_now(int descriptor) noexcept {
    ::close(descriptor);
}

}  // namespace

file_state::~file_state() {
    if (descriptor >= 0 && pipe.is_closed()) {
        close_in_background(descriptor, writable);
    }
}

position_mark::position_mark(file_state& s) : state_(s) {
    if (s.busy) {
        throw usage_error(
            "another task uses the position of this file; pread and pwrite need none");
    }
    s.busy = true;
}

// Closing can write, for instance over a network, if there was something to write.
void close_in_background(int descriptor, bool written) noexcept {
    event_loop* loop = event_loop::running_or_null();
    if (loop != nullptr && loop->backend().close_file(descriptor)) {
        return;
    }
    if (loop != nullptr && written) {
        try {
            static_cast<void>(run_in_executor(nullptr, close_now, descriptor));
            return;
        } catch (...) {  // no thread to be had
        }
    }
    ::close(descriptor);
}

void throw_file_closed() {
    throw usage_error("the file is closed");
}

std::int64_t offset_in(const file_state& s, std::uint64_t offset) {
    if (offset > INT64_MAX) {
        throw os_error(EINVAL, "an offset in " + s.name);
    }
    return static_cast<std::int64_t>(offset);
}

cancel_answer transfer::cancel() noexcept {
    return withdraw() ? cancel_answer::done : cancel_answer::later;
}

void transfer::ended() noexcept {
    if (was_cancelled()) {
        complete_cancelled();
        return;
    }
    if (result > 0) {
        const auto moved = static_cast<std::size_t>(result);
        done_ += moved;
        if (what == file_call::write && moved < size && !cancel_asked_) {
            data = static_cast<char*>(data) + moved;
            size -= moved;
            offset += offset >= 0 ? result : 0;
            start_anyway();
            return;
        }
    } else if (result == 0 && what == file_call::write) {
        result = -EIO;  // takes nothing and gives no reason
    }
    leaf::complete();
}

void transfer::throw_failure() const {
    const bool reads = what == file_call::read;
    std::string name = state_->name;
    if (result == -EBADF) {  // it is open, or this would not have begun
        name += reads ? " (not opened for reading)" : " (not opened for writing)";
    }
    fail(result, reads ? "read" : "write", name);
}

}  // namespace nurt::files::detail

// SPDX-License-Identifier: MIT
// nurt/io/file_request.hpp: one request about a file.
//
// Files are not like sockets: no kernel says when a read would not wait, so a request is made and
// ends, and the memory that it names stays until then. It lives in whoever waits for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "nurt/base/intrusive_list.hpp"

namespace nurt::io {

// Each is the system call of that name, or the one that is said.
enum class file_call : std::uint8_t {
    open,       // openat: path, flags, mode; result is a descriptor
    close,      // descriptor
    read,       // pread: data, size, offset; -1 is the descriptor's own position
    write,      // pwrite, the same
    fsync,      // descriptor
    fdatasync,  // descriptor
    truncate,   // ftruncate: offset is the new size
    stat,       // statx: path, flags, mode is the mask; data is a struct statx
    rename,     // renameat: path, other
    unlink,     // unlinkat: path, flags
    mkdir,      // mkdirat: path, mode
    symlink,    // symlinkat: path is what it points to, other its own name
    link,       // linkat: path, other
};

// Invariants:
//  1. complete() is called once after backend::submit_file said true, unless cancel_file answered that
//     it never will be; on the loop's thread, from backend::wait, and it only puts things in the
//     ready queue.
//  2. From submit to completion the request and all memory that it names belong to the backend.
class file_request : public list_link {
public:
    file_request(const file_request&) = delete;
    file_request& operator=(const file_request&) = delete;

    virtual void complete() noexcept = 0;

    const char* path = nullptr;
    const char* other = nullptr;
    void* data = nullptr;
    std::size_t size = 0;  // at most 2 GiB - 4 KiB are moved, as by the system call
    std::int64_t offset = 0;
    std::int64_t result = 0;  // what the call gave, or -errno
    int descriptor = -1;      // or where a relative path begins
    unsigned flags = 0;
    unsigned mode = 0;
    file_call what = file_call::read;
    bool in_flight = false;  // from submit until complete(), or a cancel that took it
    bool in_kernel = false;  // the backend's: it is no longer only queued

protected:
    file_request() = default;
    ~file_request() = default;
};

}  // namespace nurt::io

// SPDX-License-Identifier: MIT
// nurt/files/detail/perform.cpp: requests about files as plain system calls, for threads.
#include "nurt/files/detail/file_work.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nurt::files::detail {

namespace {

std::int64_t read(const io::file_request& r) noexcept {
    return r.offset < 0 ? ::read(r.descriptor, r.data, r.size)
                        : ::pread(r.descriptor, r.data, r.size, r.offset);
}

std::int64_t write(const io::file_request& r) noexcept {
    return r.offset < 0 ? ::write(r.descriptor, r.data, r.size)
                        : ::pwrite(r.descriptor, r.data, r.size, r.offset);
}

std::int64_t call(const io::file_request& r) noexcept {
    const auto flags = static_cast<int>(r.flags);
    switch (r.what) {
        case file_call::open: return ::openat(r.descriptor, r.path, flags, r.mode);
        case file_call::close: return ::close(r.descriptor);
        case file_call::read: return read(r);
        case file_call::write: return write(r);
        case file_call::fsync: return ::fsync(r.descriptor);
        case file_call::fdatasync: return ::fdatasync(r.descriptor);
        case file_call::truncate: return ::ftruncate(r.descriptor, r.offset);
        case file_call::stat:
            return ::statx(r.descriptor, r.path, flags, r.mode, static_cast<struct statx*>(r.data));
        case file_call::rename: return ::renameat(r.descriptor, r.path, r.descriptor, r.other);
        case file_call::unlink: return ::unlinkat(r.descriptor, r.path, flags);
        case file_call::mkdir: return ::mkdirat(r.descriptor, r.path, r.mode);
        case file_call::symlink: return ::symlinkat(r.path, r.descriptor, r.other);
        case file_call::link: break;
    }
    return ::linkat(r.descriptor, r.path, r.descriptor, r.other, flags);
}

}  // namespace

std::int64_t perform(const io::file_request& r) noexcept {
    for (;;) {
        const std::int64_t result = call(r);
        if (result >= 0) {
            return result;
        }
        // After a close that was interrupted the descriptor may be another's already.
        if (errno != EINTR || r.what == file_call::close) {
            return -errno;
        }
    }
}

}  // namespace nurt::files::detail

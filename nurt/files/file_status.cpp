// SPDX-License-Identifier: MIT
// nurt/files/file_status.cpp: see the header.
#include "nurt/files/file_status.hpp"

#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/detail/status_call.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace nurt::files {

namespace {

using detail::file_call;
using detail::file_leaf;

file_kind kind_of(unsigned mode) noexcept {
    switch (mode & S_IFMT) {
        case S_IFREG: return file_kind::regular;
        case S_IFDIR: return file_kind::directory;
        case S_IFLNK: return file_kind::symlink;
        case S_IFIFO: return file_kind::fifo;
        case S_IFSOCK: return file_kind::socket;
        case S_IFCHR: return file_kind::character_device;
        case S_IFBLK: return file_kind::block_device;
        default: return file_kind::unknown;
    }
}

duration since_1970(const statx_timestamp& t) noexcept {
    return nanoseconds(t.tv_sec * 1'000'000'000 + t.tv_nsec);
}

file_status from(const struct statx& s) noexcept {
    return {.kind = kind_of(s.stx_mode),
            .permissions = s.stx_mode & 07777U,
            .size = s.stx_size,
            .blocks = s.stx_blocks,
            .links = s.stx_nlink,
            .inode = s.stx_ino,
            .device = makedev(s.stx_dev_major, s.stx_dev_minor),
            .user = s.stx_uid,
            .group = s.stx_gid,
            .accessed = since_1970(s.stx_atime),
            .modified = since_1970(s.stx_mtime),
            .changed = since_1970(s.stx_ctime)};
}

// Gives 0 or -errno.
coro<std::int64_t> ask(int where, const char* path, unsigned flags, file_status& status) {
    struct statx answer{};
    file_leaf request(file_call::stat, where);
    request.path = path;
    request.flags = flags;
    request.mode = STATX_BASIC_STATS;
    request.data = &answer;
    const std::int64_t result = co_await request;
    if (result >= 0) {
        status = from(answer);
    }
    co_return result;
}

coro<file_status> status_of(std::string path, unsigned flags) {
    detail::check_path(path);
    file_status status;
    const std::int64_t result = co_await ask(AT_FDCWD, path.c_str(), flags, status);
    detail::checked(result, "stat", path);
    co_return status;
}

// Unknown when there is nothing.
coro<file_kind> kind_at(std::string path) {
    detail::check_path(path);
    file_status status;
    const std::int64_t result = co_await ask(AT_FDCWD, path.c_str(), 0, status);
    if (result == -ENOENT || result == -ENOTDIR || result == -ELOOP) {
        co_return file_kind::unknown;
    }
    detail::checked(result, "stat", path);
    co_return status.kind;
}

}  // namespace

coro<file_status> detail::status_of_descriptor(int descriptor, std::string name) {
    file_status status;
    const std::int64_t result = co_await ask(descriptor, "", AT_EMPTY_PATH, status);
    detail::checked(result, "stat", name);
    co_return status;
}

coro<file_status> stat(std::string path) {
    return status_of(std::move(path), 0);
}

coro<file_status> lstat(std::string path) {
    return status_of(std::move(path), AT_SYMLINK_NOFOLLOW);
}

coro<bool> exists(std::string path) {
    const file_kind kind = co_await kind_at(std::move(path));
    co_return kind != file_kind::unknown;
}

coro<bool> is_file(std::string path) {
    const file_kind kind = co_await kind_at(std::move(path));
    co_return kind == file_kind::regular;
}

coro<bool> is_directory(std::string path) {
    const file_kind kind = co_await kind_at(std::move(path));
    co_return kind == file_kind::directory;
}

}  // namespace nurt::files

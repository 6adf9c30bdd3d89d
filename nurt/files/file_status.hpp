// SPDX-License-Identifier: MIT
// nurt/files/file_status.hpp: what a file system knows of a file, and how that is changed.
#pragma once

#include <cstdint>
#include <string>

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"

namespace nurt::files {

enum class file_kind : std::uint8_t {
    unknown,
    regular,
    directory,
    symlink,
    fifo,
    socket,
    character_device,
    block_device,
};

// Times are counted from the beginning of 1970, UTC. Python: os.stat_result.
struct file_status {
    file_kind kind = file_kind::unknown;
    std::uint32_t permissions = 0;  // 0644, with the bits for set-user-id and the like
    std::uint64_t size = 0;         // bytes
    std::uint64_t blocks = 0;       // of 512 bytes that it occupies
    std::uint64_t links = 0;        // names that it has
    std::uint64_t inode = 0;
    std::uint64_t device = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    duration accessed;
    duration modified;
    duration changed;  // content, name or permissions

    bool is_file() const noexcept { return kind == file_kind::regular; }
    bool is_directory() const noexcept { return kind == file_kind::directory; }
    bool is_symlink() const noexcept { return kind == file_kind::symlink; }
};

// Of what a symbolic link points to; lstat: of the link itself.
// os_error: "stat /nowhere: No such file or directory". Python: os.stat, os.lstat.
coro<file_status> stat(std::string path);
coro<file_status> lstat(std::string path);

// The permissions, 0644 say, are set as they are: the umask is for new files. A user or group of -1 stays.
// Times are those of file_status, exact to what the file system keeps; without times it is now. All three
// follow symbolic links. os_error: "chmod /etc/shadow: Operation not permitted".
// Python: os.chmod, os.chown, os.utime.
coro<void> chmod(std::string path, std::uint32_t permissions);
coro<void> chown(std::string path, std::int64_t user, std::int64_t group);
coro<void> utime(std::string path, duration accessed, duration modified);
coro<void> utime(std::string path);

// False as well when the path leads through what is no directory. os_error when it cannot be known,
// for want of permission for instance. Python: os.path.exists, isfile, isdir.
coro<bool> exists(std::string path);
coro<bool> is_file(std::string path);
coro<bool> is_directory(std::string path);

}  // namespace nurt::files

// SPDX-License-Identifier: MIT
// nurt/net/detail/socket_file.cpp: see the header.
#include "nurt/net/detail/socket_file.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace nurt::detail {

void remove_former_socket(const unix_address& at) {
    if (event_loop::running().parts().clock->simulated()) {
        return;  // what is on the machine's disk is not part of it
    }
    struct stat found{};
    if (at.is_path() && ::stat(at.to_string().c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
        ::unlink(at.to_string().c_str());
    }
}

socket_file::socket_file(const unix_address& at)
    : path_(at.is_path() ? at.to_string() : std::string()) {}

void socket_file::find(std::string_view attempt) {
    if (path_.empty() || event_loop::running().parts().clock->simulated()) {
        path_.clear();
        return;
    }
    struct stat made{};
    if (::stat(path_.c_str(), &made) == 0) {
        device_ = made.st_dev;
        inode_ = made.st_ino;
        process_ = ::getpid();
        return;
    }
    const int error = errno;
    const std::string path = std::exchange(path_, {});
    if (error != ENOENT) {  // that somebody has removed it is no error
        ::unlink(path.c_str());
        throw os_error(error, attempt);
    }
}

socket_file::socket_file(socket_file&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      device_(other.device_),
      inode_(other.inode_),
      process_(other.process_) {}

socket_file& socket_file::operator=(socket_file&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
        device_ = other.device_;
        inode_ = other.inode_;
        process_ = other.process_;
    }
    return *this;
}

void socket_file::remove() noexcept {
    const std::string path = std::exchange(path_, {});
    struct stat now{};
    if (!path.empty() && ::getpid() == process_ && ::stat(path.c_str(), &now) == 0 &&
        now.st_dev == device_ && now.st_ino == inode_) {
        ::unlink(path.c_str());
    }
}

}  // namespace nurt::detail

// SPDX-License-Identifier: MIT
// nurt/files/change_status.cpp: permissions, owner and times of a path or an open file.
#include "nurt/files/detail/file_work.hpp"
#include "nurt/files/detail/status_call.hpp"
#include "nurt/files/file_status.hpp"
#include "nurt/threads/to_thread.hpp"

#include <cerrno>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nurt::files {

namespace {

using state = std::shared_ptr<detail::file_state>;

// What is to be changed, on a thread.
struct target {
    int descriptor;  // -1: the path
    std::string path;
};

struct both_times {
    timespec times[2];
};

std::int64_t change_permissions(const target& t, std::uint32_t mode) {
    const int result =
        t.descriptor >= 0 ? ::fchmod(t.descriptor, mode) : ::chmod(t.path.c_str(), mode);
    return result == 0 ? 0 : -errno;
}

std::int64_t change_owner(const target& t, std::int64_t user, std::int64_t group) {
    const auto u = static_cast<uid_t>(user);
    const auto g = static_cast<gid_t>(group);
    const int result =
        t.descriptor >= 0 ? ::fchown(t.descriptor, u, g) : ::chown(t.path.c_str(), u, g);
    return result == 0 ? 0 : -errno;
}

std::int64_t change_times(const target& t, const both_times& to) {
    const int result = t.descriptor >= 0 ? ::futimens(t.descriptor, to.times)
                                         : ::utimensat(AT_FDCWD, t.path.c_str(), to.times, 0);
    return result == 0 ? 0 : -errno;
}

timespec since_1970(duration d) noexcept {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t part = (d.count() % second + second) % second;  // before 1970 as well
    return {.tv_sec = (d.count() - part) / second, .tv_nsec = part};
}

both_times times_of(duration accessed, duration modified) noexcept {
    return {{since_1970(accessed), since_1970(modified)}};
}

// The state keeps the descriptor open until the thread is back.
template <class... Args>
coro<void> change_open(state s, const char* call, std::int64_t (*how)(const target&, Args...),
                       std::decay_t<Args>... args) {
    target t{s->descriptor, {}};
    const std::int64_t result = co_await to_thread(how, std::move(t), std::move(args)...);
    detail::checked(result, call, s->name);
}

template <class... Args>
coro<void> change(std::string path, const char* call, std::int64_t (*how)(const target&, Args...),
                  std::decay_t<Args>... args) {
    detail::check_path(path);
    target t{-1, path};
    const std::int64_t result = co_await to_thread(how, std::move(t), std::move(args)...);
    detail::checked(result, call, path);
}

}  // namespace

coro<void> detail::set_permissions(state s, std::uint32_t permissions) {
    return change_open(std::move(s), "chmod", change_permissions, permissions);
}

coro<void> detail::set_owner(state s, std::int64_t user, std::int64_t group) {
    return change_open(std::move(s), "chown", change_owner, user, group);
}

coro<void> detail::set_times(state s, duration accessed, duration modified) {
    return change_open(std::move(s), "utime", change_times, times_of(accessed, modified));
}

coro<void> chmod(std::string path, std::uint32_t permissions) {
    return change(std::move(path), "chmod", change_permissions, permissions);
}

coro<void> chown(std::string path, std::int64_t user, std::int64_t group) {
    return change(std::move(path), "chown", change_owner, user, group);
}

coro<void> utime(std::string path, duration accessed, duration modified) {
    return change(std::move(path), "utime", change_times, times_of(accessed, modified));
}

coro<void> utime(std::string path) {
    constexpr timespec now{.tv_sec = 0, .tv_nsec = UTIME_NOW};
    return change(std::move(path), "utime", change_times, both_times{{now, now}});
}

}  // namespace nurt::files

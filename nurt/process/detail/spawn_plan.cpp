// SPDX-License-Identifier: MIT
// nurt/process/detail/spawn_plan.cpp: see the header.
#include "nurt/process/detail/spawn_plan.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include <unistd.h>

namespace nurt::detail {

namespace {

constexpr int first_free = 3;

void check(int error) {
    if (error != 0) {
        throw os_error(error, "prepare to spawn");
    }
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> all;
    all.reserve(words.size() + 1);
    for (std::string& each : words) {
        all.push_back(each.data());
    }
    all.push_back(nullptr);
    return all;
}

std::string_view path_of(const std::vector<std::string>& environment) noexcept {
    constexpr std::string_view name = "PATH=";
    for (const std::string_view each : environment) {
        if (each.starts_with(name)) {
            return each.substr(name.size());
        }
    }
    return "/bin:/usr/bin";  // as Python and execvp have it
}

std::string joined(std::string_view directory, std::string_view name) {
    std::string path(directory);
    if (!path.empty() && path.back() != '/') {
        path += '/';
    }
    return path.append(name);
}

// Asking is cheaper than a process that finds nothing. A relative path begins where the child will be,
// so only the child can say.
bool surely_missing(const std::string& path) noexcept {
    return path.front() == '/' && ::access(path.c_str(), F_OK) != 0 &&
           (errno == ENOENT || errno == ENOTDIR);
}

}  // namespace

spawn_plan::spawn_plan() {
    check(::posix_spawn_file_actions_init(&actions_));
    check(::posix_spawnattr_init(&attributes_));  // cannot fail
}

spawn_plan::~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
}

// With the same number twice it only takes the mark "close on exec" away.
void spawn_plan::put(int source, int number) {
    check(::posix_spawn_file_actions_adddup2(&actions_, source, number));
}

void spawn_plan::change_to(const char* directory) {
    check(::posix_spawn_file_actions_addchdir_np(&actions_, directory));
}

void spawn_plan::close_all_but(std::vector<int> kept) {
    std::sort(kept.begin(), kept.end());
    int next = first_free;
    for (const int each : kept) {
        if (each < next) {
            continue;
        }
        for (; next < each; ++next) {
            check(::posix_spawn_file_actions_addclose(&actions_, next));
        }
        put(each, each);
        next = each + 1;
    }
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, next));
}

void spawn_plan::set_flag(short flag) {
    short flags = 0;
    ::posix_spawnattr_getflags(&attributes_, &flags);
    check(::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags | flag)));
}

void spawn_plan::reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    check(::posix_spawnattr_setsigmask(&attributes_, &none));
    sigset_t ignored_by_programs;
    sigemptyset(&ignored_by_programs);
    sigaddset(&ignored_by_programs, SIGPIPE);
    sigaddset(&ignored_by_programs, SIGXFSZ);
    check(::posix_spawnattr_setsigdefault(&attributes_, &ignored_by_programs));
    set_flag(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

void spawn_plan::lead_session() {
    set_flag(POSIX_SPAWN_SETSID);
}

void spawn_plan::join_group(int group) {
    check(::posix_spawnattr_setpgroup(&attributes_, group));
    set_flag(POSIX_SPAWN_SETPGROUP);
}

int spawn_plan::spawn(const char* path, char** argv, char** envp, int& pid) {
    pid_t started = -1;
    const int error = ::posix_spawn(&started, path, &actions_, &attributes_, argv, envp);
    pid = started;
    return error;
}

// A file that is there and cannot be run does not end the search, but is what went wrong if there is
// no other.
int spawn_plan::search(std::string_view directories, char** argv, char** envp, int& pid) {
    int refusal = ENOENT;
    for (std::size_t at = 0; at <= directories.size();) {
        const std::size_t end = std::min(directories.find(':', at), directories.size());
        const std::string path = joined(directories.substr(at, end - at), argv[0]);
        at = end + 1;
        if (surely_missing(path)) {
            continue;
        }
        const int error = spawn(path.c_str(), argv, envp, pid);
        if (error == 0 || error == EAGAIN || error == ENOMEM) {
            return error;
        }
        if (refusal == ENOENT && error != ENOTDIR) {
            refusal = error;
        }
    }
    return refusal;
}

int spawn_plan::run(std::vector<std::string>& words, std::vector<std::string>* environment,
                    int& pid) {
    std::vector<char*> argv = pointers(words);
    if (environment != nullptr) {
        std::vector<char*> envp = pointers(*environment);
        const std::string& program = words.front();
        const bool is_name = !program.empty() && program.find('/') == program.npos;
        return is_name ? search(path_of(*environment), argv.data(), envp.data(), pid)
                       : spawn(argv.front(), argv.data(), envp.data(), pid);
    }
    pid_t started = -1;
    const int error =
        ::posix_spawnp(&started, argv.front(), &actions_, &attributes_, argv.data(), ::environ);
    pid = started;
    return error;
}

}  // namespace nurt::detail

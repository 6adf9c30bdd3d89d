// SPDX-License-Identifier: MIT
// nurt/process/detail/spawn_plan.cpp: see the header.
#include "nurt/process/detail/spawn_plan.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <csignal>

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

int spawn_plan::run(std::vector<std::string>& words, std::vector<std::string>* environment,
                    int& pid) {
    const std::vector<char*> argv = pointers(words);
    std::vector<char*> variables;
    char** envp = ::environ;
    if (environment != nullptr) {
        variables = pointers(*environment);
        envp = variables.data();
    }
    pid_t started = -1;
    const int error =
        ::posix_spawnp(&started, argv.front(), &actions_, &attributes_, argv.data(), envp);
    pid = started;
    return error;
}

}  // namespace nurt::detail

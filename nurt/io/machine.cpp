// SPDX-License-Identifier: MIT
// nurt/io/machine.cpp: see the header.
#include "nurt/io/machine.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <thread>

#include <pthread.h>
#include <sched.h>
#include <time.h>

namespace nurt::io {

std::size_t processors() noexcept {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return static_cast<std::size_t>(CPU_COUNT(&allowed));
    }
    const unsigned guess = std::thread::hardware_concurrency();  // more than a cpu_set_t can say
    return guess != 0 ? guess : 1;
}

void name_thread(const char* name) noexcept {
    char kept[16];
    std::snprintf(kept, sizeof kept, "%s", name);
    ::pthread_setname_np(::pthread_self(), kept);
}

signals_blocked::signals_blocked() noexcept {
    static_assert(sizeof before_ >= sizeof(sigset_t));
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::memcpy(before_, &before, sizeof before);
}

signals_blocked::~signals_blocked() {
    sigset_t before;
    std::memcpy(&before, before_, sizeof before);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

namespace {

sigset_t pipe_only() noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

}  // namespace

pipe_signal_held::pipe_signal_held() noexcept {
    const sigset_t held = pipe_only();
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, &held, &before);
    std::memcpy(before_, &before, sizeof before);
    was_held_ = sigismember(&before, SIGPIPE) == 1;
    if (was_held_) {
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    }
}

pipe_signal_held::~pipe_signal_held() {
    if (!was_held_) {
        sigset_t before;
        std::memcpy(&before, before_, sizeof before);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
}

void pipe_signal_held::take() noexcept {
    if (was_pending_) {
        return;
    }
    const sigset_t held = pipe_only();
    const timespec at_once{};
    while (sigtimedwait(&held, nullptr, &at_once) < 0 && errno == EINTR) {
    }
}

}  // namespace nurt::io

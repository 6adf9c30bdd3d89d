// SPDX-License-Identifier: MIT
// tests/support/child.hpp: what has to happen in a process of its own.
#pragma once

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace nurt_test {

// The way a child process ended that ran this function: what it gave, its exit code, or minus the
// signal.
template <class Body>
int in_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

// doctest listens for SIGINT as well; nurt must find the default action.
struct default_interrupt {
    default_interrupt() { ::sigaction(SIGINT, nullptr, &old), std::signal(SIGINT, SIG_DFL); }
    default_interrupt(const default_interrupt&) = delete;
    default_interrupt& operator=(const default_interrupt&) = delete;
    ~default_interrupt() { ::sigaction(SIGINT, &old, nullptr); }
    struct sigaction old{};
};

}  // namespace nurt_test

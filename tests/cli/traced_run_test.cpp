// SPDX-License-Identifier: MIT
#include "cli/traced_run.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>

#include <sys/syscall.h>
#include <unistd.h>

using nurt::cli::run_in_child;
using nurt::cli::traced_run;

TEST_CASE("every system call of a child is counted, by its number") {
    const auto work = [] {
        for (int i = 0; i < 7; ++i) ::syscall(SYS_getppid);
        for (int i = 0; i < 5; ++i) ::syscall(SYS_close, -1);
        return 0;
    };
    const traced_run run = run_in_child(work, true);
    if (!run.refused.empty()) {
        MESSAGE("tracing is refused here: " << run.refused);
        return;
    }
    CHECK(run.exit_code == 0);
    CHECK(run.of({SYS_getppid}) == 7);
    CHECK(run.of({SYS_getppid, SYS_close}) >= 12);
    CHECK(run.total() >= 12);
    CHECK(run.total() < 60);
}

TEST_CASE("a child that is not counted tells its result and its time") {
    const traced_run run = run_in_child([] { return 3; }, false);
    CHECK(run.exit_code == 3);
    CHECK(run.wall_seconds > 0);
    CHECK(run.total() == 0);
}

TEST_CASE("a child that dies tells by what") {
    for (const bool counted : {false, true}) {
        const auto die = [] {
            ::signal(SIGTERM, SIG_DFL);
            ::raise(SIGTERM);
            return 0;
        };
        CHECK(run_in_child(die, counted).exit_code == 128 + SIGTERM);
    }
}

TEST_CASE("a signal reaches a child that is counted") {
    static volatile std::sig_atomic_t arrived = 0;
    const auto work = [] {
        ::signal(SIGUSR1, [](int) { arrived = 1; });
        ::raise(SIGUSR1);
        return arrived == 1 ? 0 : 1;
    };
    CHECK(run_in_child(work, true).exit_code == 0);
}

// SPDX-License-Identifier: MIT
// tests/faults/process_test.cpp: children while each system call fails once.
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <sys/wait.h>

#include "nurt/io/make_backend.hpp"
#include "nurt/process/process.hpp"
#include "tests/faults/kernel.hpp"
#include "tests/support/in_loop.hpp"

using namespace nurt;
using namespace nurt_test;

namespace {

constexpr call calls_of_children[] = {
    call::pipe,         call::spawn,      call::spawn_actions, call::waitid,       call::pidfd_open,
    call::pidfd_signal, call::fcntl,      call::read,          call::write,        call::close,
    call::epoll_ctl,    call::epoll_wait, call::epoll_pwait2,  call::uring_request};

// A child that is talked to and waited for, and one that is dropped.
coro<std::string> use_children() {
    const environment none;
    process dropped = co_await create_subprocess_exec(
        "cat", {}, {.stdin = subprocess::pipe, .cwd = "/", .env = &none});
    process p = co_await create_subprocess_exec(
        "cat", {}, {.stdin = subprocess::pipe, .stdout = subprocess::pipe});
    co_await p.stdin().write("one\n");
    const std::string line = co_await p.stdout().readline();
    const process_output rest = co_await p.communicate("two\n");
    co_return line + rest.out + std::to_string(*p.returncode());
}

// "" when all went well, and else the first thing that went wrong.
std::string outcome(call which, std::uint64_t n, int error, io::backend_kind kind, bool& happened) {
    services parts;
    parts.backend = io::make_backend(kind);
    std::vector<std::string> reports;
    std::string seen;
    nurt_test::in_loop(
        std::move(parts),
        [&]() -> coro<> {
            const kernel_fault fault(which, n, error);
            try {
                seen = co_await use_children();
            } catch (const os_error& e) {
                seen = e.what();
            }
            happened = fault.happened();
        },
        &reports);
    return seen == "one\ntwo\n0" && reports.empty() ? "" : seen;
}

// Children that may not be reaped, because waitid has said that they are not there.
bool reap_what_is_left(bool may_be_some) {
    bool any = false;
    while (::waitpid(-1, nullptr, 0) > 0) any = true;
    return may_be_some || !any;
}

void without_each(io::backend_kind kind) {
    for (const call which : calls_of_children) {
        for (const int error : errors_of(which)) {
            if (which == call::epoll_pwait2 && error == EBADF) {
                continue;  // ends the loop: see kernel_test.cpp
            }
            bool happened = true;
            for (std::uint64_t n = 1; happened; ++n) {
                happened = false;
                const std::string seen = outcome(which, n, error, kind, happened);
                INFO("call ", n, " of ", std::string(name_of(which)), " failed with ",
                     std::string(std::strerror(error)), ": ", seen);
                CHECK((happened || seen.empty()));
                CHECK(reap_what_is_left(error == ECHILD || which == call::pidfd_signal));
            }
        }
    }
}

}  // namespace

TEST_CASE("children on epoll, each system call failing once, leave nothing and hang nowhere") {
    without_each(io::backend_kind::epoll);
}

TEST_CASE("children on io_uring, each system call failing once, leave nothing and hang nowhere") {
    without_each(io::backend_kind::uring);
}

// SPDX-License-Identifier: MIT
// tests/faults/kernel.hpp: a kernel that says no.
//
// In this program, and in no other, the system calls of the library go through kernel.cpp: the linker
// puts it between them (CMakeLists.txt). While a kernel_fault lives, the calls of its thread are counted,
// and one of them fails.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nurt_test {

enum class call : std::uint8_t {
    socket,
    bind,
    listen,
    setsockopt,
    getsockopt,
    getsockname,
    getpeername,
    accept,
    connect,
    recv,
    send,
    read,
    write,
    sendfile,
    shutdown,
    fcntl,
    close,
    eventfd,
    epoll_create,
    epoll_ctl,
    epoll_wait,
    epoll_pwait2,
    uring_setup,
    uring_register,
    uring_enter,
    uring_request,  // no call of its own: what is handed over by uring_enter
    mmap,
    madvise,
    pipe,
    spawn,
    waitid,
    pidfd_open,
    pidfd_signal,
};
inline constexpr std::size_t all_calls = static_cast<std::size_t>(call::pidfd_signal) + 1;

const char* name_of(call which);
// The errors that a program may get from it.
const std::vector<int>& errors_of(call which);

// Of sendfile: a part is sent, and then the peer is gone, which the signal says and not the result.
inline constexpr int cut_short = 10'000;

// One at a time.
class kernel_fault {
public:
    kernel_fault() noexcept;  // only counts
    // The n-th call, from 1 on, fails with this errno value, and if it is to last all that follow.
    kernel_fault(call which, std::uint64_t n, int error, bool lasting = false) noexcept;
    kernel_fault(const kernel_fault&) = delete;
    kernel_fault& operator=(const kernel_fault&) = delete;
    ~kernel_fault();

    std::uint64_t calls(call which) const noexcept;
    bool happened() const noexcept;
};

}  // namespace nurt_test

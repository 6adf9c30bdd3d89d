// SPDX-License-Identifier: MIT
// tests/faults/kernel.hpp: a kernel that says no.
//
// In this program, and in no other, the system calls of the library go through kernel_*.cpp: the linker
// puts them between (CMakeLists.txt). While a kernel_fault lives, the calls of its thread are counted,
// and one of them fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nurt_test {

enum class call : std::uint8_t {
    socket,
    socketpair,
    bind,
    listen,
    setsockopt,
    getsockopt,
    getsockname,
    getpeername,
    accept,
    connect,
    recv,
    recvfrom,
    recvmsg,
    recvmmsg,
    send,
    sendto,
    sendmsg,
    sendmmsg,
    read,
    write,
    pread,
    pwrite,
    preadv2,
    sendfile,
    copy_file_range,
    shutdown,
    fcntl,
    close,
    open,
    lseek,
    fsync,
    ftruncate,
    stat,
    rename,
    unlink,
    mkdir,
    symlink,
    link,
    readlink,
    chmod,
    opendir,
    readdir,
    mkostemp,
    mkdtemp,
    poll,
    interface_number,
    sigaction,
    eventfd,
    epoll_create,
    epoll_ctl,
    epoll_wait,
    epoll_pwait2,
    uring_setup,
    uring_register,
    uring_enter,
    uring_request,      // no call of its own: what is handed over by uring_enter
    uring_result,       // nor this: what comes of a request about a descriptor
    uring_file_result,  // or about a file
    mmap,
    madvise,
    pipe,
    spawn,
    spawn_actions,
    waitid,
    pidfd_open,
    pidfd_signal,
};
inline constexpr std::size_t all_calls = static_cast<std::size_t>(call::pidfd_signal) + 1;

const char* name_of(call which);
// The errors that a program may get from it.
const std::vector<int>& errors_of(call which);

// Where bytes are moved, instead of an error. Of sendfile: a part is sent, and then the peer is gone,
// which the signal says and not the result.
inline constexpr int cut_short = 10'000;
inline constexpr int one_byte = 10'001;  // no more than that is moved
inline constexpr int nothing = 10'002;   // a write to a file takes nothing, and does not say why

// One at a time.
class kernel_fault {
public:
    kernel_fault() noexcept;  // only counts
    // The n-th call, from 1 on, fails with this errno value, and if it is to last all that follow.
    kernel_fault(call which, std::uint64_t n, int error, bool lasting = false) noexcept;
    kernel_fault(const kernel_fault&) = delete;
    kernel_fault& operator=(const kernel_fault&) = delete;
    ~kernel_fault();

    // This one always fails besides, and is not counted. An error of 0: none does.
    void refuse(call which, int error) noexcept;

    std::uint64_t calls(call which) const noexcept;
    bool happened() const noexcept;
};

// For kernel_*.cpp: the errno value with which this call of this thread has to fail; 0: it is made.
int refusal(call which) noexcept;

}  // namespace nurt_test

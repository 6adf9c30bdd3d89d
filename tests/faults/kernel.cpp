// SPDX-License-Identifier: MIT
// tests/faults/kernel.cpp: see the header.
#include "tests/faults/kernel.hpp"

#include <cerrno>

namespace nurt_test {

namespace {

struct plan {
    bool counting = false;
    call which = call::socket;
    std::uint64_t nth = 0;
    int error = 0;
    bool lasting = false;
    bool happened = false;
    call refused = call::socket;
    int refused_with = 0;
    std::uint64_t calls[all_calls] = {};
};

thread_local plan current;

struct row {
    const char* name;
    std::vector<int> errors;
};

const row rows[] = {
    {"socket", {EMFILE, ENOBUFS}},
    {"socketpair", {EMFILE, ENFILE}},
    {"bind", {EADDRINUSE, EACCES}},
    {"listen", {EADDRINUSE}},
    {"setsockopt", {ENOPROTOOPT, ENOMEM}},
    {"getsockopt", {ENOBUFS}},
    {"getsockname", {ENOBUFS}},
    {"getpeername", {ENOTCONN}},
    {"accept4", {EMFILE, ENOMEM, ECONNABORTED, EINTR, EPERM, EINVAL}},
    {"connect", {ECONNREFUSED, ENETUNREACH, EINTR, EADDRNOTAVAIL}},
    {"recv", {ECONNRESET, EINTR, ETIMEDOUT, ENOMEM, EAGAIN}},
    {"recvfrom", {EINTR, ECONNREFUSED, ENOMEM, EAGAIN}},
    {"recvmsg", {EINTR, ECONNREFUSED, ENOMEM, EAGAIN, one_byte}},
    {"recvmmsg", {EINTR, ECONNREFUSED, ENOMEM, EAGAIN}},
    {"send", {EPIPE, ECONNRESET, EINTR, ENOBUFS, EAGAIN}},
    {"sendto", {EINTR, EAGAIN, EPERM, EMSGSIZE}},
    {"sendmsg", {EINTR, EAGAIN, ENOBUFS, EMSGSIZE, ECONNREFUSED, ETOOMANYREFS, one_byte}},
    {"sendmmsg", {EINTR, EAGAIN, ENOBUFS, EMSGSIZE, EPERM}},
    {"read", {EINTR, EIO, EAGAIN, one_byte}},
    {"write", {EINTR, EIO, EAGAIN, ENOSPC, one_byte, nothing}},
    {"pread", {EINTR, EIO, one_byte}},
    {"pwrite", {EINTR, EIO, ENOSPC, EDQUOT, EFBIG, one_byte, nothing}},
    {"preadv2", {EAGAIN, EOPNOTSUPP, EINTR, EIO, one_byte}},
    {"sendfile", {EPIPE, EINTR, EIO, EINVAL, EAGAIN, cut_short}},
    {"copy_file_range", {EINTR, EXDEV, EIO, ENOSPC, one_byte}},
    {"shutdown", {ENOTCONN}},
    {"fcntl", {EBADF}},
    {"close", {EINTR, EIO}},
    {"open", {EINTR, EMFILE, ENFILE, EACCES, EROFS, EAGAIN, EOPNOTSUPP}},
    {"lseek", {EOVERFLOW}},
    {"fsync", {EINTR, EIO, ENOSPC, EDQUOT}},
    {"ftruncate", {EINTR, EIO, EFBIG}},
    {"stat", {ENOMEM, EACCES}},
    {"rename", {EINTR, EXDEV, EDQUOT}},
    {"unlink", {EINTR, EIO, EBUSY}},
    {"mkdir", {EINTR, ENOSPC, EMLINK}},
    {"symlink", {EINTR, EDQUOT, EROFS}},
    {"link", {EINTR, EMLINK, EPERM}},
    {"readlink", {EIO, EACCES}},
    {"chmod", {EINTR, EPERM}},
    {"opendir", {EMFILE, ENOMEM}},
    {"readdir", {EIO, ENOMEM}},
    {"mkostemp", {EMFILE, ENOSPC}},
    {"mkdtemp", {ENOSPC, EROFS}},
    {"poll", {EINTR, ENOMEM}},
    {"if_nametoindex", {ENODEV, EMFILE}},
    {"sigaction", {EINVAL}},
    {"eventfd", {EMFILE}},
    {"epoll_create1", {EMFILE, ENOMEM}},
    {"epoll_ctl", {ENOMEM, ENOSPC}},
    {"epoll_wait", {EINTR}},
    {"epoll_pwait2", {EINTR, ENOSYS, EPERM, EBADF}},
    {"io_uring_setup", {EPERM, ENOSYS, ENOMEM, EINVAL}},
    {"io_uring_register", {EINVAL, ENOMEM, EPERM}},
    {"io_uring_enter", {EINTR, EAGAIN, EBUSY, EBADF}},
    {"a request of the ring", {EBADF, EINVAL}},
    {"a result of the ring", {ENOMEM, ECANCELED, ENOBUFS}},
    {"a result about a file", {EINTR, EIO, ENOSPC, ENOMEM, one_byte, nothing}},
    {"mmap", {ENOMEM, EPERM}},
    {"madvise", {EINVAL}},
    {"pipe2", {EMFILE, ENFILE}},
    {"posix_spawnp", {EAGAIN, ENOMEM, ENOENT}},
    {"posix_spawn_file_actions_add...", {ENOMEM, EBADF}},
    {"waitid", {EINTR, ECHILD}},
    {"pidfd_open", {EMFILE, ENOMEM, ENODEV}},
    {"pidfd_send_signal", {EPERM}},
};
static_assert(std::size(rows) == all_calls);

const row& row_of(call which) {
    return rows[static_cast<std::size_t>(which)];
}

}  // namespace

int refusal(call which) noexcept {
    if (!current.counting) {
        return 0;
    }
    if (current.refused_with != 0 && which == current.refused) {
        return current.refused_with;
    }
    const std::uint64_t number = ++current.calls[static_cast<std::size_t>(which)];
    const bool hit = which == current.which && current.nth != 0 &&
                     (number == current.nth || (current.lasting && number > current.nth));
    current.happened = current.happened || hit;
    return hit ? current.error : 0;
}

const char* name_of(call which) {
    return row_of(which).name;
}

const std::vector<int>& errors_of(call which) {
    return row_of(which).errors;
}

kernel_fault::kernel_fault() noexcept {
    current = {};
    current.counting = true;
}

kernel_fault::kernel_fault(call which, std::uint64_t n, int error, bool lasting) noexcept
    : kernel_fault() {
    current.which = which;
    current.nth = n;
    current.error = error;
    current.lasting = lasting;
}

kernel_fault::~kernel_fault() {
    current.counting = false;
}

void kernel_fault::refuse(call which, int error) noexcept {
    current.refused = which;
    current.refused_with = error;
}

std::uint64_t kernel_fault::calls(call which) const noexcept {
    return current.calls[static_cast<std::size_t>(which)];
}

bool kernel_fault::happened() const noexcept {
    return current.happened;
}

}  // namespace nurt_test

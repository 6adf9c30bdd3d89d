// SPDX-License-Identifier: MIT
// tests/faults/kernel.cpp: see the header.
#include "tests/faults/kernel.hpp"

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>

#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nurt_test {

namespace {

struct plan {
    bool counting = false;
    call which = call::socket;
    std::uint64_t nth = 0;
    int error = 0;
    bool lasting = false;
    bool happened = false;
    std::uint64_t calls[all_calls] = {};
};

thread_local plan current;

// The errno value with which this call has to fail; 0: it is made.
int refusal(call which) noexcept {
    if (!current.counting) {
        return 0;
    }
    const std::uint64_t number = ++current.calls[static_cast<std::size_t>(which)];
    const bool hit = which == current.which && current.nth != 0 &&
                     (number == current.nth || (current.lasting && number > current.nth));
    current.happened = current.happened || hit;
    return hit ? current.error : 0;
}

template <class Real>
auto through(call which, Real real) noexcept -> decltype(real()) {
    if (const int error = refusal(which); error != 0) {
        errno = error;
        return -1;
    }
    return real();
}

// What the last ring has mapped, so that requests can be changed on their way.
struct ring_memory {
    io_uring_params layout{};
    char* ring = nullptr;
    io_uring_sqe* requests = nullptr;
};

thread_local ring_memory latest_ring;

// A request whose descriptor is none fails with EBADF, one that is unknown with EINVAL.
void spoil_requests() noexcept {
    const ring_memory& m = latest_ring;
    if (!current.counting || m.ring == nullptr || m.requests == nullptr) {
        return;
    }
    const auto at = [&m](unsigned offset) {
        return *reinterpret_cast<const unsigned*>(m.ring + offset);
    };
    const unsigned mask = at(m.layout.sq_off.ring_mask);
    for (unsigned i = at(m.layout.sq_off.head); i != at(m.layout.sq_off.tail); ++i) {
        io_uring_sqe& entry = m.requests[i & mask];
        if (entry.opcode == IORING_OP_ASYNC_CANCEL) {
            continue;  // that one the kernel always understands
        }
        if (const int error = refusal(call::uring_request); error != 0) {
            entry.fd = error == EBADF ? -1 : entry.fd;
            entry.opcode = error == EINVAL ? std::uint8_t{255} : entry.opcode;
        }
    }
}

}  // namespace

const char* name_of(call which) {
    static constexpr const char* names[] = {"socket",
                                            "bind",
                                            "listen",
                                            "setsockopt",
                                            "getsockopt",
                                            "getsockname",
                                            "getpeername",
                                            "accept4",
                                            "connect",
                                            "recv",
                                            "send",
                                            "read",
                                            "write",
                                            "sendfile",
                                            "shutdown",
                                            "fcntl",
                                            "close",
                                            "eventfd",
                                            "epoll_create1",
                                            "epoll_ctl",
                                            "epoll_wait",
                                            "epoll_pwait2",
                                            "io_uring_setup",
                                            "io_uring_register",
                                            "io_uring_enter",
                                            "a request of the ring",
                                            "mmap",
                                            "madvise",
                                            "pipe2",
                                            "posix_spawnp",
                                            "waitid",
                                            "pidfd_open",
                                            "pidfd_send_signal"};
    static_assert(std::size(names) == all_calls);
    return names[static_cast<std::size_t>(which)];
}

const std::vector<int>& errors_of(call which) {
    static const std::vector<int> table[] = {
        {EMFILE, ENOBUFS},                                     // socket
        {EADDRINUSE, EACCES},                                  // bind
        {EADDRINUSE},                                          // listen
        {ENOPROTOOPT, ENOMEM},                                 // setsockopt
        {ENOBUFS},                                             // getsockopt
        {ENOBUFS},                                             // getsockname
        {ENOTCONN},                                            // getpeername
        {EMFILE, ENOMEM, ECONNABORTED, EINTR, EPERM, EINVAL},  // accept
        {ECONNREFUSED, ENETUNREACH, EINTR, EADDRNOTAVAIL},     // connect
        {ECONNRESET, EINTR, ETIMEDOUT, ENOMEM, EAGAIN},        // recv
        {EPIPE, ECONNRESET, EINTR, ENOBUFS, EAGAIN},           // send
        {EINTR, EIO, EAGAIN},                                  // read
        {EINTR, EIO, EAGAIN},                                  // write
        {EPIPE, EINTR, EIO, EINVAL, EAGAIN, cut_short},        // sendfile
        {ENOTCONN},                                            // shutdown
        {EBADF},                                               // fcntl
        {EINTR, EIO},                                          // close
        {EMFILE},                                              // eventfd
        {EMFILE, ENOMEM},                                      // epoll_create
        {ENOMEM, ENOSPC},                                      // epoll_ctl
        {EINTR},                                               // epoll_wait
        {EINTR, ENOSYS, EPERM, EBADF},                         // epoll_pwait2
        {EPERM, ENOSYS, ENOMEM, EINVAL},                       // uring_setup
        {EINVAL, ENOMEM, EPERM},                               // uring_register
        {EINTR, EAGAIN, EBUSY, EBADF},                         // uring_enter
        {EBADF, EINVAL},                                       // uring_request
        {ENOMEM, EPERM},                                       // mmap
        {EINVAL},                                              // madvise
        {EMFILE, ENFILE},                                      // pipe
        {EAGAIN, ENOMEM, ENOENT},                              // spawn
        {EINTR, ECHILD},                                       // waitid
        {EMFILE, ENOMEM, ENODEV},                              // pidfd_open
        {EPERM},                                               // pidfd_signal
    };
    static_assert(std::size(table) == all_calls);
    return table[static_cast<std::size_t>(which)];
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

std::uint64_t kernel_fault::calls(call which) const noexcept {
    return current.calls[static_cast<std::size_t>(which)];
}

bool kernel_fault::happened() const noexcept {
    return current.happened;
}

}  // namespace nurt_test

using nurt_test::call;
using nurt_test::refusal;
using nurt_test::through;

// The names are the linker's (--wrap).
extern "C" {

#define NURT_THROUGH(which, type, function, parameters, arguments)                \
    type __real_##function parameters;                                            \
    type __wrap_##function parameters;                                            \
    type __wrap_##function parameters {                                           \
        return through(call::which, [&] { return __real_##function arguments; }); \
    }

NURT_THROUGH(socket, int, socket, (int a, int b, int c), (a, b, c))
NURT_THROUGH(bind, int, bind, (int a, const sockaddr* b, socklen_t c), (a, b, c))
NURT_THROUGH(listen, int, listen, (int a, int b), (a, b))
NURT_THROUGH(setsockopt, int, setsockopt, (int a, int b, int c, const void* d, socklen_t e),
             (a, b, c, d, e))
NURT_THROUGH(getsockopt, int, getsockopt, (int a, int b, int c, void* d, socklen_t* e),
             (a, b, c, d, e))
NURT_THROUGH(getsockname, int, getsockname, (int a, sockaddr* b, socklen_t* c), (a, b, c))
NURT_THROUGH(getpeername, int, getpeername, (int a, sockaddr* b, socklen_t* c), (a, b, c))
NURT_THROUGH(accept, int, accept4, (int a, sockaddr* b, socklen_t* c, int d), (a, b, c, d))
NURT_THROUGH(recv, ssize_t, recv, (int a, void* b, size_t c, int d), (a, b, c, d))
NURT_THROUGH(send, ssize_t, send, (int a, const void* b, size_t c, int d), (a, b, c, d))
NURT_THROUGH(read, ssize_t, read, (int a, void* b, size_t c), (a, b, c))
NURT_THROUGH(write, ssize_t, write, (int a, const void* b, size_t c), (a, b, c))
NURT_THROUGH(write, ssize_t, pwritev2, (int a, const iovec* b, int c, off_t d, int e),
             (a, b, c, d, e))
NURT_THROUGH(shutdown, int, shutdown, (int a, int b), (a, b))
NURT_THROUGH(eventfd, int, eventfd, (unsigned a, int b), (a, b))
NURT_THROUGH(epoll_create, int, epoll_create1, (int a), (a))
NURT_THROUGH(epoll_ctl, int, epoll_ctl, (int a, int b, int c, epoll_event* d), (a, b, c, d))
NURT_THROUGH(epoll_wait, int, epoll_wait, (int a, epoll_event* b, int c, int d), (a, b, c, d))
NURT_THROUGH(epoll_pwait2, int, epoll_pwait2,
             (int a, epoll_event* b, int c, const timespec* d, const sigset_t* e), (a, b, c, d, e))
NURT_THROUGH(madvise, int, madvise, (void* a, size_t b, int c), (a, b, c))
NURT_THROUGH(pipe, int, pipe2, (int* a, int b), (a, b))
NURT_THROUGH(waitid, int, waitid, (idtype_t a, id_t b, siginfo_t* c, int d), (a, b, c, d))

// Give the error instead of setting errno.
#define NURT_THROUGH_SPAWN(name)                                                    \
    int __real_##name(pid_t* a, const char* b, const posix_spawn_file_actions_t* c, \
                      const posix_spawnattr_t* d, char* const* e, char* const* f);  \
    int __wrap_##name(pid_t* a, const char* b, const posix_spawn_file_actions_t* c, \
                      const posix_spawnattr_t* d, char* const* e, char* const* f);  \
    int __wrap_##name(pid_t* a, const char* b, const posix_spawn_file_actions_t* c, \
                      const posix_spawnattr_t* d, char* const* e, char* const* f) { \
        const int error = refusal(call::spawn);                                     \
        return error != 0 ? error : __real_##name(a, b, c, d, e, f);                \
    }
NURT_THROUGH_SPAWN(posix_spawn)
NURT_THROUGH_SPAWN(posix_spawnp)

// Interrupted, it goes on all the same.
int __real_connect(int a, const sockaddr* b, socklen_t c);
int __wrap_connect(int a, const sockaddr* b, socklen_t c);
int __wrap_connect(int a, const sockaddr* b, socklen_t c) {
    const int error = refusal(call::connect);
    const int result = error == 0 || error == EINTR ? __real_connect(a, b, c) : -1;
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : result;
}

// It closes, whatever it says.
int __real_close(int a);
int __wrap_close(int a);
int __wrap_close(int a) {
    const int error = refusal(call::close);
    const int result = __real_close(a);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : result;
}

// A peer that has gone comes with a signal.
ssize_t __real_sendfile(int a, int b, off_t* c, size_t d);
ssize_t __wrap_sendfile(int a, int b, off_t* c, size_t d);
ssize_t __wrap_sendfile(int a, int b, off_t* c, size_t d) {
    const int error = refusal(call::sendfile);
    if (error == 0) {
        return __real_sendfile(a, b, c, d);
    }
    const ssize_t part = error == nurt_test::cut_short ? __real_sendfile(a, b, c, d / 2) : -1;
    if (error == EPIPE || error == nurt_test::cut_short) {
        ::pthread_kill(pthread_self(), SIGPIPE);
    }
    errno = error;
    return part;
}

int __real_fcntl(int a, int b, ...);
int __wrap_fcntl(int a, int b, ...);
int __wrap_fcntl(int a, int b, ...) {
    va_list list;
    va_start(list, b);
    const long c = va_arg(list, long);
    va_end(list);
    return through(call::fcntl, [&] { return __real_fcntl(a, b, c); });
}

void* __real_mmap(void* a, size_t b, int c, int d, int e, off_t f);
void* __wrap_mmap(void* a, size_t b, int c, int d, int e, off_t f);
void* __wrap_mmap(void* a, size_t b, int c, int d, int e, off_t f) {
    if (const int error = refusal(call::mmap); error != 0) {
        errno = error;
        return MAP_FAILED;
    }
    void* memory = __real_mmap(a, b, c, d, e, f);
    if (memory != MAP_FAILED && e >= 0 && f == off_t{IORING_OFF_SQ_RING}) {
        nurt_test::latest_ring.ring = static_cast<char*>(memory);
    }
    if (memory != MAP_FAILED && e >= 0 && f == off_t{IORING_OFF_SQES}) {
        nurt_test::latest_ring.requests = static_cast<io_uring_sqe*>(memory);
    }
    return memory;
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long argument[6];
    for (long& each : argument) {
        each = va_arg(list, long);
    }
    va_end(list);
    const auto real = [&] {
        return __real_syscall(number, argument[0], argument[1], argument[2], argument[3],
                              argument[4], argument[5]);
    };
    if (number == __NR_io_uring_setup) {
        const long made = through(call::uring_setup, real);
        if (made >= 0) {
            nurt_test::latest_ring = {};
            nurt_test::latest_ring.layout = *reinterpret_cast<io_uring_params*>(argument[1]);
        }
        return made;
    }
    if (number == __NR_io_uring_register) {
        return through(call::uring_register, real);
    }
    if (number == __NR_io_uring_enter) {
        nurt_test::spoil_requests();
        return through(call::uring_enter, real);
    }
    if (number == __NR_pidfd_open) {
        return through(call::pidfd_open, real);
    }
    if (number == __NR_pidfd_send_signal) {
        return through(call::pidfd_signal, real);
    }
    return real();
}

}  // extern "C"

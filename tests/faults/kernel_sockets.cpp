// SPDX-License-Identifier: MIT
// tests/faults/kernel_sockets.cpp: the calls about sockets, pipes, signals and waiting.
#include "tests/faults/through.hpp"

#include <csignal>
#include <cstdarg>

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt_test::call;
using nurt_test::refusal;
using nurt_test::through;
using nurt_test::through_moving;

extern "C" {

NURT_THROUGH(socket, int, socket, (int a, int b, int c), (a, b, c))
NURT_THROUGH(socketpair, int, socketpair, (int a, int b, int c, int* d), (a, b, c, d))
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
NURT_THROUGH(recvfrom, ssize_t, recvfrom,
             (int a, void* b, size_t c, int d, sockaddr* e, socklen_t* f), (a, b, c, d, e, f))
NURT_THROUGH(recvmmsg, int, recvmmsg, (int a, mmsghdr* b, unsigned c, int d, timespec* e),
             (a, b, c, d, e))
NURT_THROUGH(send, ssize_t, send, (int a, const void* b, size_t c, int d), (a, b, c, d))
NURT_THROUGH(sendto, ssize_t, sendto,
             (int a, const void* b, size_t c, int d, const sockaddr* e, socklen_t f),
             (a, b, c, d, e, f))
NURT_THROUGH(sendmmsg, int, sendmmsg, (int a, mmsghdr* b, unsigned c, int d), (a, b, c, d))
NURT_THROUGH(shutdown, int, shutdown, (int a, int b), (a, b))
NURT_THROUGH(eventfd, int, eventfd, (unsigned a, int b), (a, b))
NURT_THROUGH(poll, int, poll, (pollfd * a, nfds_t b, int c), (a, b, c))
NURT_THROUGH(epoll_create, int, epoll_create1, (int a), (a))
NURT_THROUGH(epoll_ctl, int, epoll_ctl, (int a, int b, int c, epoll_event* d), (a, b, c, d))
NURT_THROUGH(epoll_wait, int, epoll_wait, (int a, epoll_event* b, int c, int d), (a, b, c, d))
NURT_THROUGH(epoll_pwait2, int, epoll_pwait2,
             (int a, epoll_event* b, int c, const timespec* d, const sigset_t* e), (a, b, c, d, e))
NURT_THROUGH(pipe, int, pipe2, (int* a, int b), (a, b))

// Bytes that come with descriptors may be cut; a datagram is whole.
ssize_t __real_recvmsg(int a, msghdr* b, int c);
ssize_t __wrap_recvmsg(int a, msghdr* b, int c);
ssize_t __wrap_recvmsg(int a, msghdr* b, int c) {
    const std::size_t size = b->msg_iov->iov_len;
    const auto got = through_moving(call::recvmsg, size, [&](std::size_t n) {
        b->msg_iov->iov_len = b->msg_control != nullptr ? n : size;
        return __real_recvmsg(a, b, c);
    });
    b->msg_iov->iov_len = size;
    return got;
}

ssize_t __real_sendmsg(int a, const msghdr* b, int c);
ssize_t __wrap_sendmsg(int a, const msghdr* b, int c);
ssize_t __wrap_sendmsg(int a, const msghdr* b, int c) {
    const std::size_t size = b->msg_iov->iov_len;
    const auto sent = through_moving(call::sendmsg, size, [&](std::size_t n) {
        b->msg_iov->iov_len = b->msg_control != nullptr ? n : size;
        return __real_sendmsg(a, b, c);
    });
    b->msg_iov->iov_len = size;
    return sent;
}

// Interrupted, it goes on all the same.
int __real_connect(int a, const sockaddr* b, socklen_t c);
int __wrap_connect(int a, const sockaddr* b, socklen_t c);
int __wrap_connect(int a, const sockaddr* b, socklen_t c) {
    const int error = refusal(call::connect);
    const int result = error == 0 || error == EINTR ? __real_connect(a, b, c) : -1;
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

unsigned __real_if_nametoindex(const char* a);
unsigned __wrap_if_nametoindex(const char* a);
unsigned __wrap_if_nametoindex(const char* a) {
    const int error = refusal(call::interface_number);
    errno = error != 0 ? error : errno;
    return error != 0 ? 0 : __real_if_nametoindex(a);
}

// What was there before can always be put back.
int __real_sigaction(int a, const struct sigaction* b, struct sigaction* c);
int __wrap_sigaction(int a, const struct sigaction* b, struct sigaction* c);
int __wrap_sigaction(int a, const struct sigaction* b, struct sigaction* c) {
    const auto real = [&] { return __real_sigaction(a, b, c); };
    return b != nullptr && c != nullptr ? through(call::sigaction, real) : real();
}

}  // extern "C"

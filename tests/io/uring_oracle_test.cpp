// SPDX-License-Identifier: MIT
// Our requests and rings beside those of liburing, which knows the layout as well.
#if __has_include(<liburing.h>)

#include "nurt/io/detail/uring_backend.hpp"

#include <doctest/doctest.h>

#include <cstring>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <liburing.h>
#pragma GCC diagnostic pop

#include <sys/epoll.h>
#include <sys/socket.h>

using nurt::io::detail::fill_in;
using nurt::io::detail::request;

namespace {

bool same(const io_uring_sqe& ours, const io_uring_sqe& theirs) {
    return std::memcmp(&ours, &theirs, sizeof ours) == 0;
}

}  // namespace

TEST_CASE("requests are what liburing writes") {
    io_uring_sqe ours{};
    io_uring_sqe theirs{};
    fill_in(ours, request::receive, 7);
    io_uring_prep_recv_multishot(&theirs, 7, nullptr, 0, 0);
    theirs.flags |= IOSQE_BUFFER_SELECT;
    CHECK(same(ours, theirs));

    ours = theirs = {};
    fill_in(ours, request::accept, 7);
    io_uring_prep_multishot_accept(&theirs, 7, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(same(ours, theirs));

    ours = theirs = {};
    fill_in(ours, request::read_poll, 7);
    io_uring_prep_poll_add(&theirs, 7, EPOLLIN | EPOLLRDHUP);
    CHECK(same(ours, theirs));

    ours = theirs = {};
    fill_in(ours, request::write_poll, 7);
    io_uring_prep_poll_add(&theirs, 7, EPOLLOUT);
    CHECK(same(ours, theirs));

    ours = theirs = {};
    fill_in(ours, request::send, 7, "text", 4);
    io_uring_prep_send(&theirs, 7, "text", 4, MSG_DONTWAIT | MSG_NOSIGNAL);
    CHECK(same(ours, theirs));
}

#endif

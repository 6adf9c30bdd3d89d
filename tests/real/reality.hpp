// SPDX-License-Identifier: MIT
// tests/real/reality.hpp: loops on the machine's own clock and network.
#pragma once

#include "nurt/io/make_backend.hpp"
#include "nurt/io/uring_backend.hpp"
#include "nurt/net/tcp.hpp"
#include "tests/support/in_loop.hpp"

#include <utility>

namespace nurt_test {

// On the backend that NURT_BACKEND says: each of these tests runs with both.
template <class Body>
void in_reality(Body body) {
    in_loop(nurt::services(), std::move(body));
}

// For tables of tests that name their backend.
struct epoll_loop {
    static nurt::io::backend_kind kind() { return nurt::io::backend_kind::epoll; }
};
struct uring_loop {
    static nurt::io::backend_kind kind() {
        return nurt::io::uring_refusal().empty() ? nurt::io::backend_kind::uring
                                                 : nurt::io::backend_kind::epoll;
    }
};

template <class Backend, class Body>
void in_reality(Body body) {
    nurt::services parts;
    parts.backend = nurt::io::make_backend(Backend::kind());
    in_loop(std::move(parts), std::move(body));
}

// Both ends of a connection.
struct connection {
    nurt::stream near;
    nurt::stream far;
};

inline nurt::coro<connection> connected() {
    auto listener = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    nurt::stream near = co_await nurt::connect("127.0.0.1", listener.port());
    nurt::stream far = co_await listener.accept();
    co_return connection{std::move(near), std::move(far)};
}

}  // namespace nurt_test

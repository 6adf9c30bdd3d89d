// SPDX-License-Identifier: MIT
// tests/files/worlds.hpp: the loops that the table of tests about files runs on.
//
// Files are the machine's in all of them. What differs is who makes the system calls: the ring, the
// threads of the pool, or in a simulation the loop itself, a little later.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "nurt/files/temporary.hpp"
#include "nurt/io/epoll_backend.hpp"
#include "nurt/io/uring_backend.hpp"
#include "nurt/sim/services.hpp"
#include "tests/support/in_loop.hpp"

namespace nurt_test {

struct with_threads {
    static nurt::services parts() {
        nurt::services s;
        s.backend = nurt::io::make_epoll_backend();
        return s;
    }
};

// Where it is forbidden the loop is made without it.
struct with_ring {
    static nurt::services parts() {
        nurt::services s;
        s.backend = nurt::io::make_uring_backend();
        return s;
    }
};

// One request at a time: the queue is full all the time.
struct with_small_ring {
    static nurt::services parts() {
        nurt::services s;
        s.backend = nurt::io::make_uring_backend({.submissions = 1, .completions = 2});
        return s;
    }
};

struct in_simulation {
    static nurt::services parts() { return nurt::sim::make_services(1); }
};

// Runs body(directory), a coroutine, with the path of a directory of its own.
template <class World, class Body>
void with_directory(Body body) {
    in_loop(World::parts(), [&body]() -> nurt::coro<void> {
        nurt::files::owned_directory dir = co_await nurt::files::temporary_directory();
        co_await body(dir.path());
        co_await dir.remove();
    });
}

}  // namespace nurt_test

TYPE_TO_STRING_AS("threads", nurt_test::with_threads);
TYPE_TO_STRING_AS("io_uring", nurt_test::with_ring);
TYPE_TO_STRING_AS("io_uring, crowded", nurt_test::with_small_ring);
TYPE_TO_STRING_AS("sim", nurt_test::in_simulation);

#define IN_EVERY_WORLD                                                         \
    nurt_test::with_threads, nurt_test::with_ring, nurt_test::with_small_ring, \
        nurt_test::in_simulation

// SPDX-License-Identifier: MIT
// tests/io/worlds.hpp: the backends that the conformance tests run on.
//
// A world is a backend and the time it lives in. Tests are written once, against this interface, and
// run in each of them.
#pragma once

#include "nurt/io/backend.hpp"
#include "nurt/io/epoll_backend.hpp"
#include "nurt/io/uring_backend.hpp"
#include "nurt/loop/monotonic_clock.hpp"
#include "nurt/net/address.hpp"
#include "nurt/sim/sim_backend.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace nurt_test {

using nurt::io::channel;
using nurt::io::closing;
using nurt::io::endpoint;
using nurt::io::opcode;

// So many waits are no busy loop, which makes thousands. Not fewer: the kernel ends a ring some time
// after it was closed, and interrupts whatever its thread waits for then.
inline constexpr int few_waits = 40;

// An operation that remembers whether it was completed.
class test_operation final : public nurt::io::operation {
public:
    test_operation(channel& on, opcode what, void* memory = nullptr, std::size_t bytes = 0) {
        target = &on;
        code = what;
        data = memory;
        size = bytes;
    }
    void complete() noexcept override { ++completions; }

    int completions = 0;
};

struct kernel_world {
    static constexpr bool simulated = false;
    std::unique_ptr<nurt::clock> clock = nurt::make_monotonic_clock();
    std::unique_ptr<nurt::io::backend> io;

    explicit kernel_world(std::unique_ptr<nurt::io::backend> b) : io(std::move(b)) {}

    // For tests of what happens when no descriptor is free: leaves room for this many more.
    void leave_descriptors(int count);
    void restore_descriptors();
};

struct epoll_world : kernel_world {
    epoll_world() : kernel_world(nurt::io::make_epoll_backend()) {}
};

// io_uring, or epoll where the kernel or a container forbids it: then the table is passed by what
// takes its place.
std::unique_ptr<nurt::io::backend> uring_or_epoll(const nurt::io::uring_options& options);

struct uring_world : kernel_world {
    uring_world() : kernel_world(uring_or_epoll({})) {}
};
struct cooperative_world : kernel_world {
    cooperative_world()
        : kernel_world(uring_or_epoll({.mode = nurt::io::uring_mode::cooperative})) {}
};
struct interrupting_world : kernel_world {
    interrupting_world()
        : kernel_world(uring_or_epoll({.mode = nurt::io::uring_mode::interrupting})) {}
};
struct single_shot_world : kernel_world {
    single_shot_world() : kernel_world(uring_or_epoll({.multishot = false})) {}
};
// Everything is too small: the queues are full and the buffers used up all the time.
struct crowded_world : kernel_world {
    crowded_world()
        : kernel_world(uring_or_epoll(
              {.submissions = 1, .completions = 2, .buffers = 1, .buffer_size = 16})) {}
};

struct sim_world {
    static constexpr bool simulated = true;
    std::unique_ptr<nurt::sim::virtual_clock> clock = std::make_unique<nurt::sim::virtual_clock>();
    std::unique_ptr<nurt::io::backend> io = nurt::sim::make_backend(*clock, 1);

    void leave_descriptors(int count);
    void restore_descriptors() {}
};

template <class World>
struct network : World {
    using World::clock;
    using World::io;

    // Lets time and network go on until the operation is complete, for 5 seconds at most.
    bool finish(const test_operation& op) {
        const nurt::instant end = clock->now() + nurt::seconds(5);
        while (op.completions == 0 && clock->now() < end) {
            io->wait(end);
        }
        return op.completions == 1;
    }
    // Lets happen what is on its way.
    void settle() {
        for (int i = 0; i < 3; ++i) {
            io->wait(clock->now() + nurt::milliseconds(2));
        }
    }
    // Does it at once or waits for it, and gives the result.
    std::int64_t run(test_operation& op) {
        if (io->try_now(op)) {
            return op.result;
        }
        io->submit(op);
        REQUIRE(finish(op));
        return op.result;
    }

    channel& listen() {
        return io->listen(nurt::socket_address::parse("127.0.0.1:0")->to_endpoint(), {}, "listen");
    }
    // Two ends of a connection.
    std::pair<channel*, channel*> connected_pair() {
        channel& listener = listen();
        auto pair = connect_to(listener);
        io->close(listener, closing::flush);
        return pair;
    }
    std::pair<channel*, channel*> connect_to(channel& listener) {
        endpoint to = io->local_address(listener);
        channel& client = io->open_socket(to, "socket");
        test_operation connect(client, opcode::connect);
        connect.address = &to;
        REQUIRE(run(connect) == 0);
        test_operation accept(listener, opcode::accept);
        const auto descriptor = run(accept);
        REQUIRE(descriptor >= 0);
        return {&client, &io->adopt(static_cast<int>(descriptor))};
    }
    std::int64_t send(channel& on, std::string text) {
        test_operation op(on, opcode::send, text.data(), text.size());
        return run(op);
    }
    // Sends until a write has to wait; returns how much was taken.
    std::size_t fill(channel& from) {
        std::string chunk(100'000, 'f');
        std::size_t total = 0;
        for (;;) {
            test_operation op(from, opcode::send, chunk.data(), chunk.size());
            if (!io->try_now(op)) {
                return total;
            }
            REQUIRE(op.result > 0);
            total += static_cast<std::size_t>(op.result);
        }
    }
    // What a read of at most size bytes gives; nothing for an error.
    std::optional<std::string> receive(channel& on, std::size_t size = 100) {
        std::string buffer(size, '\0');
        test_operation op(on, opcode::receive, buffer.data(), size);
        const auto result = run(op);
        if (result < 0) {
            return std::nullopt;
        }
        buffer.resize(static_cast<std::size_t>(result));
        return buffer;
    }
};

}  // namespace nurt_test

TYPE_TO_STRING_AS("epoll", nurt_test::network<nurt_test::epoll_world>);
TYPE_TO_STRING_AS("sim", nurt_test::network<nurt_test::sim_world>);
TYPE_TO_STRING_AS("io_uring", nurt_test::network<nurt_test::uring_world>);
TYPE_TO_STRING_AS("io_uring, cooperative", nurt_test::network<nurt_test::cooperative_world>);
TYPE_TO_STRING_AS("io_uring, interrupting", nurt_test::network<nurt_test::interrupting_world>);
TYPE_TO_STRING_AS("io_uring, single shot", nurt_test::network<nurt_test::single_shot_world>);
TYPE_TO_STRING_AS("io_uring, crowded", nurt_test::network<nurt_test::crowded_world>);

// io_uring stands in the table once for each way of using it that a kernel may force upon us.
#define ON_THE_KERNEL                                                                       \
    nurt_test::network<nurt_test::epoll_world>, nurt_test::network<nurt_test::uring_world>, \
        nurt_test::network<nurt_test::cooperative_world>,                                   \
        nurt_test::network<nurt_test::interrupting_world>,                                  \
        nurt_test::network<nurt_test::single_shot_world>,                                   \
        nurt_test::network<nurt_test::crowded_world>
#define ON_EVERY_BACKEND ON_THE_KERNEL, nurt_test::network<nurt_test::sim_world>

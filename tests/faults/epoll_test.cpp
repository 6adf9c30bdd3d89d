// SPDX-License-Identifier: MIT
// tests/faults/epoll_test.cpp: refusals of epoll at the moments when they hurt.
#include "tests/faults/kernel.hpp"
#include "tests/io/worlds.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"

#include <cerrno>
#include <chrono>
#include <thread>

#include <unistd.h>

using namespace nurt_test;
using world = network<epoll_world>;

namespace {

// A read that waits and whose descriptor is watched.
struct waiting_read {
    waiting_read(world& w, channel& on) : op(on, opcode::receive, buffer, sizeof buffer) {
        w.io->submit(op);
        w.io->wait(w.clock->now());
    }
    char buffer[10];
    test_operation op;
};

// Makes the set hold a descriptor that was closed here and lives on elsewhere: the next wait finds it.
int leave_a_copy(world& w) {
    auto [client, server] = w.connected_pair();
    const waiting_read read(w, *server);
    const int copy = ::dup(server->descriptor());
    w.io->close(*server, closing::flush);
    w.send(*client, "for the copy");
    return copy;
}

int waits_in_20_ms(world& w) {
    int waits = 0;
    for (const auto end = w.clock->now() + nurt::milliseconds(20); w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    return waits;
}

}  // namespace

TEST_CASE("a backend that other threads could not wake is not made") {
    const kernel_fault fault(call::epoll_ctl, 1, ENOMEM);
    CHECK_THROWS_WITH_AS(nurt::io::make_epoll_backend(), "epoll_ctl: Cannot allocate memory",
                         nurt::os_error);
}

TEST_CASE("a set of descriptors that is gone is an error and no busy loop") {
    world w;
    const kernel_fault fault(call::epoll_pwait2, 1, EBADF, true);
    CHECK_THROWS_WITH_AS(w.io->wait(nurt::instant::never()), "epoll_wait: Bad file descriptor",
                         nurt::os_error);
}

TEST_CASE("run ends with the error of a kernel that lets nobody wait") {
    const auto program = []() -> nurt::coro<> { co_await nurt::sleep(nurt::seconds(60)); };
    nurt::runner runner({.backend = nurt::io::backend_kind::epoll});
    {
        const kernel_fault fault(call::epoll_pwait2, 1, EBADF, true);
        CHECK_THROWS_WITH_AS(runner.run(program()), "epoll_wait: Bad file descriptor",
                             nurt::os_error);
    }
    runner.close();
}

TEST_CASE("a descriptor that was closed behind our back and lives on does not keep the loop busy") {
    for (const bool hangs_up : {false, true}) {
        world w;
        auto [client, server] = w.connected_pair();
        waiting_read read(w, *server);
        CHECK(w.io->cancel(read.op));
        const int copy = ::dup(server->descriptor());
        ::close(server->descriptor());
        w.send(*client, "for the copy");
        if (hangs_up) {
            w.io->close(*client, closing::abort);
        }
        CHECK(waits_in_20_ms(w) <= few_waits);
        ::close(copy);
    }
}

TEST_CASE("whatever fails while the set is made anew, nobody waits in vain") {
    for (std::uint64_t n = 1;; ++n) {
        world w;
        auto [client, server] = w.connected_pair();
        waiting_read read(w, *server);
        const int copy = leave_a_copy(w);
        bool happened = false;
        {
            const kernel_fault fault(call::epoll_ctl, n, ENOMEM);
            w.io->wait(w.clock->now());
            w.io->wait(w.clock->now());
            happened = fault.happened();
        }
        w.send(*client, "x");
        CHECK(w.finish(read.op));
        CHECK((read.op.result == 1 || (happened && read.op.result == -ENOMEM)));
        ::close(copy);
        std::thread other([&w] { w.io->wake(); });
        w.io->wait(w.clock->now() + nurt::seconds(30));
        other.join();
        if (!happened) {
            CHECK(n > 2);
            break;
        }
    }
}

TEST_CASE("a listener that rested and cannot be watched again says so") {
    world w;
    channel& listener = w.listen();
    test_operation accept(listener, opcode::accept);
    w.io->submit(accept);
    endpoint to = w.io->local_address(listener);
    channel& client = w.io->open_socket(to, "socket");
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    {
        const kernel_fault fault(call::accept, 1, EMFILE);
        CHECK(w.run(connect) == 0);
        w.settle();
        CHECK(fault.happened());
        CHECK(accept.completions == 0);
    }
    const kernel_fault fault(call::epoll_ctl, 1, ENOMEM);
    CHECK(w.finish(accept));
    CHECK(accept.result == -ENOMEM);
}

TEST_CASE("a kernel that counts milliseconds only makes no sleep end early, late or never") {
    world w;
    const kernel_fault fault(call::epoll_pwait2, 1, ENOSYS, true);
    const auto due = w.clock->now() + nurt::microseconds(300);
    int waits = 0;
    for (; w.clock->now() < due; ++waits) {
        w.io->wait(due);
    }
    CHECK(waits <= 2);
    const auto far = w.clock->now() + nurt::milliseconds(2147483648.0);
    for (const nurt::instant deadline : {far, nurt::instant::never()}) {
        const auto calls = fault.calls(call::epoll_wait);
        std::thread other([&w] {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            w.io->wake();
        });
        w.io->wait(deadline);
        other.join();
        CHECK(fault.calls(call::epoll_wait) == calls + 1);
    }
}

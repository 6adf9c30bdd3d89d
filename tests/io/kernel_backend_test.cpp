// SPDX-License-Identifier: MIT
// What only backends of the real kernel have: other kinds of descriptors, shared ones, other
// threads, other processes.
#include "tests/io/worlds.hpp"

#include "nurt/base/error.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace nurt_test;

namespace {

struct pipe_ends {
    channel* read;
    channel* write;
};

template <class World>
pipe_ends make_pipe(World& w) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    return {&w.io->adopt(ends[0]), &w.io->adopt(ends[1])};
}

}  // namespace

TEST_CASE_TEMPLATE("a pipe is read and written like a socket", World, ON_THE_KERNEL) {
    World w;
    const pipe_ends p = make_pipe(w);
    char buffer[10];
    test_operation op(*p.read, opcode::receive, buffer, sizeof buffer);
    CHECK_FALSE(w.io->try_now(op));
    w.io->submit(op);
    CHECK(w.send(*p.write, "through") == 7);
    CHECK(w.finish(op));
    CHECK(op.result == 7);
    w.io->close(*p.write, closing::flush);
    CHECK(w.receive(*p.read) == "");
}

TEST_CASE_TEMPLATE("writing to a pipe nobody reads fails without a signal", World, ON_THE_KERNEL) {
    World w;
    const pipe_ends p = make_pipe(w);
    w.io->close(*p.read, closing::flush);
    CHECK(w.send(*p.write, "x") == -EPIPE);
    CHECK(w.send(*p.write, "x") == -EPIPE);
}

TEST_CASE_TEMPLATE("a regular file never has to be waited for", World, ON_THE_KERNEL) {
    World w;
    char path[] = "/tmp/nurt-test-XXXXXX";
    const int file = ::mkostemp(path, O_CLOEXEC);
    REQUIRE(file >= 0);
    ::unlink(path);
    REQUIRE(::write(file, "text", 4) == 4);
    ::lseek(file, 0, SEEK_SET);
    channel& c = w.io->adopt(file);
    test_operation readable(c, opcode::wait_readable);
    w.io->submit(readable);
    CHECK(w.finish(readable));
    CHECK(readable.result == 0);
    CHECK(w.receive(c) == "text");
}

TEST_CASE_TEMPLATE("a descriptor that is not open is an error of the operation", World,
                   ON_THE_KERNEL) {
    World w;
    channel& c = w.io->adopt(1'000'000);
    test_operation op(c, opcode::wait_readable);
    w.io->submit(op);
    CHECK(w.finish(op));
    CHECK(op.result == -EBADF);
    w.io->release(c);
    CHECK_THROWS_AS(w.io->adopt(-1), nurt::os_error);
}

TEST_CASE_TEMPLATE("a descriptor that others still hold after close does not keep the loop busy",
                   World, ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    const int copy = ::dup(server->descriptor());
    w.io->close(*server, closing::flush);
    CHECK(op.result == -ECANCELED);
    w.send(*client, "for the copy");
    int waits = 0;
    for (const auto end = w.clock->now() + nurt::milliseconds(20); w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    CHECK(waits <= few_waits);
    ::close(copy);
    auto [client2, server2] = w.connected_pair();  // and the others are still watched
    test_operation next(*server2, opcode::receive, buffer, sizeof buffer);
    w.io->submit(next);
    w.send(*client2, "on");
    CHECK(w.finish(next));
}

TEST_CASE_TEMPLATE("wake from another thread ends a wait", World, ON_THE_KERNEL) {
    World w;
    std::atomic<bool> about_to_wait{false};
    std::thread other([&] {
        about_to_wait.wait(false);
        w.io->wake();
    });
    const auto before = w.clock->now();
    about_to_wait = true;
    about_to_wait.notify_one();
    w.io->wait(before + nurt::seconds(20));
    CHECK(w.clock->now() - before < nurt::seconds(10));
    other.join();
}

TEST_CASE_TEMPLATE("no wake-up is lost, and one does not end two waits", World, ON_THE_KERNEL) {
    World w;
    std::atomic<int> turns = 0;
    std::thread other([&] {
        for (int i = 0; i < 2000; ++i) {
            w.io->wake();
            while (turns.load() <= i) {
                std::this_thread::yield();
            }
        }
    });
    const auto before = w.clock->now();
    for (int i = 0; i < 2000; ++i) {
        w.io->wait(w.clock->now() + nurt::seconds(20));
        turns.store(i + 1);
    }
    other.join();
    CHECK(w.clock->now() - before < nurt::seconds(15));
}

TEST_CASE_TEMPLATE("a write that fell short asks for writability only as long as it waits", World,
                   ON_THE_KERNEL) {
    World w;
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    channel& a = w.io->adopt(ends[0]);
    channel& b = w.io->adopt(ends[1]);
    std::string chunk(1 << 20, 'x');
    const auto first = w.send(a, chunk);
    CHECK(first > 0);
    test_operation more(a, opcode::send, chunk.data(), chunk.size());
    w.io->submit(more);
    for (std::int64_t n = 0; n < first;) {
        n += static_cast<std::int64_t>(w.receive(b, 1 << 20)->size());
    }
    CHECK(w.finish(more));
    int waits = 0;
    for (const auto end = w.clock->now() + nurt::milliseconds(20); w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    CHECK(waits <= few_waits);
}

TEST_CASE_TEMPLATE("a child made by fork gives up its copy, and does no harm", World,
                   ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->wait(w.clock->now());
    const pid_t child = ::fork();
    if (child == 0) {
        w.io->after_fork();
        w.io->close(*client, closing::abort);
        w.io.reset();
        ::_exit(0);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(w.send(*client, "on") == 2);
    CHECK(w.finish(op));
    CHECK(op.result == 2);
}

TEST_CASE_TEMPLATE("a descriptor that somebody closed behind our back is an error and no abort",
                   World, ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    ::close(client->descriptor());
    char buffer[10];
    test_operation read(*client, opcode::receive, buffer, sizeof buffer);
    CHECK(w.run(read) == -EBADF);
    test_operation write(*client, opcode::send, buffer, sizeof buffer);
    CHECK(w.run(write) == -EBADF);
    CHECK(w.receive(*server) == "");
    w.io->close(*client, closing::flush);
}

TEST_CASE_TEMPLATE("closing a listener resets who was not accepted", World, ON_THE_KERNEL) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    test_operation accept(listener, opcode::accept);
    w.io->submit(accept);
    w.io->wait(w.clock->now());
    CHECK(w.io->cancel(accept));
    std::vector<channel*> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(&w.io->open_socket(to, "socket"));
        test_operation connect(*clients.back(), opcode::connect);
        connect.address = &to;
        CHECK(w.run(connect) == 0);
    }
    w.settle();
    w.io->close(listener, closing::flush);
    w.settle();
    for (channel* c : clients) {
        char buffer[10];
        test_operation read(*c, opcode::receive, buffer, sizeof buffer);
        CHECK(w.run(read) == -ECONNRESET);
    }
}

TEST_CASE_TEMPLATE("everything that was sent before a close arrives before the end", World,
                   ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    const std::size_t sent = w.fill(*client);
    w.io->close(*client, closing::flush);
    std::size_t received = 0;
    for (auto text = w.receive(*server, 1 << 16); text && *text != "";
         text = w.receive(*server, 1 << 16)) {
        received += text->size();
    }
    CHECK(received == sent);
}

TEST_CASE_TEMPLATE("a short sleep is one sleep", World, ON_THE_KERNEL) {
    World w;
    w.settle();
    int waits = 0;
    const auto end = w.clock->now() + nurt::microseconds(300);
    for (; w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    CHECK(waits <= few_waits);
}

TEST_CASE_TEMPLATE("a descriptor that was closed behind our back does no harm to its successor",
                   World, ON_THE_KERNEL) {
    World w;
    int pipes[2];
    REQUIRE(::pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
    channel& stale = w.io->adopt(pipes[0]);
    test_operation lost(stale, opcode::wait_readable);
    w.io->submit(lost);
    w.settle();
    ::close(pipes[0]);
    int sockets[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) == 0);
    REQUIRE(sockets[0] == pipes[0]);  // the number is given out again
    channel& successor = w.io->adopt(sockets[0]);
    test_operation readable(successor, opcode::wait_readable);
    w.io->submit(readable);
    w.settle();
    w.io->release(stale);
    CHECK(lost.result == -ECANCELED);
    CHECK(::write(sockets[1], "x", 1) == 1);
    CHECK(w.finish(readable));
    ::close(pipes[1]);
    ::close(sockets[1]);
}

// SPDX-License-Identifier: MIT
// What is special to io_uring: its modes, its refusal, and how a channel is read.
#include "tests/io/worlds.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/io/detail/uring_backend.hpp"
#include "nurt/io/make_backend.hpp"
#include "tests/support/support.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace nurt_test;
using nurt::io::backend_kind;
using nurt::io::make_backend;
using nurt::io::uring_mode;

namespace {

// The rest of a thread's life a system call fails with this errno value, as in a container.
void forbid(int number, int error) {
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog program{.len = 4, .filter = rules};
    REQUIRE(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    REQUIRE(::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

template <class Fn>
void in_thread(Fn fn) {
    std::thread(fn).join();
}

bool available() {
    const std::string refusal = nurt::io::uring_refusal();
    if (!refusal.empty()) {
        MESSAGE("io_uring is refused here: " << refusal);
    }
    return refusal.empty();
}

nurt::io::detail::uring_backend& as_uring(const network<uring_world>& w) {
    return dynamic_cast<nurt::io::detail::uring_backend&>(*w.io);
}

const nurt::io::detail::uring_channel& as_uring(const channel& c) {
    return static_cast<const nurt::io::detail::uring_channel&>(c);
}

// A message, there and read.
template <class World>
void pass(World& w, channel& from, channel& to, std::size_t size) {
    std::string text(size, 'm');
    std::size_t sent = 0;
    std::size_t received = 0;
    while (received < size) {
        if (sent < size) {
            sent += static_cast<std::size_t>(w.send(from, text.substr(sent)));
        }
        received += w.receive(to, 100'000)->size();
    }
}

}  // namespace

TEST_CASE("the environment chooses a backend, and a program that says so itself wins") {
    const char* before = std::getenv("NURT_BACKEND");
    const std::string kept = before != nullptr ? before : "";
    const std::string proactive = available() ? "io_uring" : "epoll";
    ::setenv("NURT_BACKEND", "uring", 1);
    CHECK(make_backend()->name() == proactive);
    CHECK(make_backend(backend_kind::epoll)->name() == std::string("epoll"));
    ::setenv("NURT_BACKEND", "epoll", 1);
    CHECK(make_backend()->name() == std::string("epoll"));
    CHECK(make_backend(backend_kind::uring)->name() == proactive);
    ::setenv("NURT_BACKEND", "auto", 1);
    const std::string best =
        nurt::io::make_uring_backend({.lower_modes = false}) ? "io_uring" : "epoll";
    CHECK(make_backend()->name() == best);
    ::setenv("NURT_BACKEND", "nonsense", 1);
    CHECK(make_backend()->name() == best);
    if (before != nullptr) {
        ::setenv("NURT_BACKEND", kept.c_str(), 1);
    } else {
        ::unsetenv("NURT_BACKEND");
    }
}

TEST_CASE("run takes the backend that its options name") {
    for (const auto kind : {backend_kind::epoll, backend_kind::uring}) {
        const auto name_of_backend = []() -> nurt::coro<std::string> {
            co_return nurt::event_loop::running().backend().name();
        };
        const std::string expected = make_backend(kind)->name();
        CHECK(nurt::run(name_of_backend(), {.backend = kind}) == expected);
    }
}

TEST_CASE("where io_uring is refused, the backend is epoll, and says why on request") {
    for (const int error : {EPERM, ENOSYS, ENOMEM}) {
        in_thread([error] {
            forbid(__NR_io_uring_setup, error);
            CHECK(nurt::io::make_uring_backend() == nullptr);
            CHECK(make_backend(backend_kind::uring)->name() == std::string("epoll"));
            CHECK(nurt::io::uring_refusal() ==
                  std::string("io_uring_setup: ") + std::strerror(error));
        });
    }
}

TEST_CASE("a ring that may be made but not used is an error and no busy loop") {
    if (!available()) return;
    in_thread([] {
        network<uring_world> w;
        forbid(__NR_io_uring_enter, EPERM);
        CHECK_THROWS_WITH_AS(w.io->wait(nurt::instant::never()),
                             "io_uring_enter: Operation not permitted", nurt::os_error);
        as_uring(w);
    });
}

TEST_CASE("without shared buffers everything is read by plain calls") {
    in_thread([] {
        forbid(__NR_io_uring_register, EINVAL);  // deferred rings need it too: a lower mode
        network<cooperative_world> w;
        auto [client, server] = w.connected_pair();
        pass(w, *client, *server, 10);
        pass(w, *client, *server, 200'000);
        CHECK(w.io->in_flight() == 0);
    });
}

TEST_CASE("each mode of the ring is reached") {
    if (!available()) return;
    for (const auto mode :
         {uring_mode::deferred, uring_mode::cooperative, uring_mode::interrupting}) {
        nurt::io::detail::uring_backend made(nurt::io::uring_options{.mode = mode});
        REQUIRE(made.open() == 0);
        CHECK(made.ring().mode() >= mode);  // an older kernel may lead further down
    }
}

TEST_CASE("a ring may be made on one thread and used on another") {
    network<uring_world> w;
    in_thread([&w] {
        auto [client, server] = w.connected_pair();
        pass(w, *client, *server, 10);
        w.io.reset();
    });
}

TEST_CASE(
    "a message that fills a buffer moves a connection to plain calls, small ones bring it back") {
    if (!available()) return;
    network<uring_world> w;
    auto [client, server] = w.connected_pair();
    char buffer[8];
    test_operation first(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(first);
    CHECK(w.send(*client, "small") == 5);
    CHECK(w.finish(first));
    CHECK_FALSE(as_uring(*server).bulk);
    pass(w, *client, *server, 50'000);
    CHECK(as_uring(*server).bulk);
    for (int i = 0; i < 20; ++i) {
        test_operation op(*server, opcode::receive, buffer, sizeof buffer);
        const bool at_once = w.io->try_now(op);
        CHECK_FALSE(at_once);
        w.io->submit(op);
        w.io->wait(w.clock->now());
        CHECK(w.send(*client, "small") == 5);
        CHECK(w.finish(op));
    }
    CHECK_FALSE(as_uring(*server).bulk);
}

TEST_CASE("a backend that was used on another thread ends at once") {
    network<uring_world> w;
    const auto before = w.clock->now();
    char buffer[8];
    std::unique_ptr<test_operation> op;
    in_thread([&] {
        channel* server = w.connected_pair().second;
        op = std::make_unique<test_operation>(*server, opcode::receive, buffer, sizeof buffer);
        w.io->submit(*op);
        w.io->wait(w.clock->now());
    });
    w.io.reset();
    CHECK(w.clock->now() - before < nurt::seconds(3));
}

TEST_CASE("a backend that two threads use says whose it is, or works") {
    network<uring_world> w;
    in_thread([&w] { w.settle(); });
    try {
        w.settle();
    } catch (const nurt::usage_error& e) {
        CHECK(e.what() == std::string("an event loop belongs to the thread that ran it first"));
    }
}

TEST_CASE("a connection nobody reads from is not received without end") {
    if (!available()) return;
    network<uring_world> w;
    auto [client, server] = w.connected_pair();
    char byte = 0;
    test_operation op(*server, opcode::receive, &byte, 1);
    w.io->submit(op);
    w.io->wait(w.clock->now());
    for (int i = 0; i < 5000; ++i) {
        test_operation send(*client, opcode::send, &byte, 1);
        std::string text(100, 't');
        send.data = text.data();
        send.size = text.size();
        if (!w.io->try_now(send)) break;
        w.io->wait(w.clock->now());
    }
    CHECK(as_uring(*server).ahead.size() <= 64 * 1024 + 4096);
    CHECK(as_uring(*server).ahead.size() >= 64 * 1024);
}

namespace {

// How many of so many connections are served in one wait in which each takes a buffer.
int served_at_once(network<uring_world>& w, unsigned count) {
    std::vector<std::pair<channel*, channel*>> pairs;
    std::deque<test_operation> reads;
    std::vector<char> bytes(count);
    for (unsigned i = 0; i < count; ++i) {
        pairs.push_back(w.connected_pair());
        reads.emplace_back(*pairs.back().second, opcode::receive, &bytes[i], 1);
        w.io->submit(reads.back());
    }
    w.io->wait(w.clock->now());
    for (const auto& each : pairs) {
        CHECK(w.send(*each.first, "x") == 1);
    }
    w.io->wait(w.clock->now());
    int served = 0;
    for (unsigned i = 0; i < count; ++i) {
        served += reads[i].completions;
        w.io->close(*pairs[i].first, closing::abort);
        w.io->close(*pairs[i].second, closing::abort);
    }
    w.settle();
    return served;
}

}  // namespace

TEST_CASE("after a storm of cancellations and resets every buffer of the ring is there") {
    if (!available()) return;
    network<uring_world> w;
    w.io = nurt::io::make_uring_backend({.buffers = 8});
    if (as_uring(*w.connected_pair().first).plain_only) return;  // the kernel has no such buffers
    CHECK(served_at_once(w, 8) == 8);
    CHECK(served_at_once(w, 9) == 8);
    std::mt19937_64 random(nurt_test::seed());
    for (int i = 0; i < 300; ++i) {
        auto [client, server] = w.connected_pair();
        char buffer[100];
        test_operation read(*server, opcode::receive, buffer, 1 + random() % sizeof buffer);
        w.io->submit(read);
        for (std::uint64_t n = random() % 4; n != 0; --n) {
            CHECK(w.send(*client, std::string(1 + random() % 6000, 's')) > 0);
        }
        if (random() % 2 == 0) w.io->wait(w.clock->now());
        if (read.completions == 0 && random() % 2 == 0) w.io->cancel(read);
        w.io->close(*client, random() % 2 == 0 ? closing::abort : closing::flush);
        if (random() % 2 == 0) w.io->wait(w.clock->now());
        w.io->close(*server, closing::flush);
    }
    w.settle();
    CHECK(served_at_once(w, 8) == 8);
}

TEST_CASE("P8: what was received for a connection never reaches the next one in its place") {
    network<uring_world> w;
    for (int i = 0; i < 200; ++i) {
        auto [client, server] = w.connected_pair();
        char buffer[20];
        test_operation read(*server, opcode::receive, buffer, sizeof buffer);
        w.io->submit(read);
        w.io->wait(w.clock->now());
        const std::string mine = "round " + std::to_string(i);
        CHECK(w.send(*client, mine) == static_cast<std::int64_t>(mine.size()));
        if (i % 2 == 0) {
            CHECK(w.finish(read));
            CHECK(std::string(buffer, static_cast<std::size_t>(read.result)) == mine);
        }
        CHECK(w.send(*client, "too late") == 8);  // is on its way when the place is given up
        w.io->close(*server, closing::flush);
        w.io->close(*client, closing::flush);
        CHECK(read.completions == 1);
    }
}

TEST_CASE("who lost rights after the ring was made has lost them on the ring too") {
    if (::geteuid() != 0) return;
    in_thread([] {
        network<uring_world> w;
        char directory[] = "/tmp/nurt-test-XXXXXX";
        REQUIRE(::mkdtemp(directory) != nullptr);
        endpoint at;
        const std::string path = std::string(directory) + "/socket";
        at.bytes[0] = 1;  // AF_UNIX
        std::memcpy(at.bytes + 2, path.c_str(), path.size() + 1);
        at.size = static_cast<std::uint32_t>(path.size() + 3);
        channel& listener = w.io->listen(at, {}, "listen");
        // Of this thread only, unlike seteuid().
        REQUIRE(::syscall(__NR_setresuid, -1, 65534, -1) == 0);
        channel& client = w.io->open_socket(at, "socket");
        test_operation connect(client, opcode::connect);
        connect.address = &at;
        CHECK(w.run(connect) == -EACCES);
        REQUIRE(::syscall(__NR_setresuid, -1, 0, -1) == 0);
        w.io->close(listener, closing::flush);
        ::unlink(path.c_str());
        ::rmdir(directory);
    });
}

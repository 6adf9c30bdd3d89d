// SPDX-License-Identifier: MIT
// bench/nurt_spawn.cpp: children beside the bare system calls, in one process.
//
//     nurt_spawn [epoll|uring] [rounds]
//
// Two measures: /bin/true started and waited for (posix_spawn and waitid), and a message of 64 bytes
// that goes through cat and comes back (write, and a read that blocks; and the same behind epoll_wait,
// as an event loop has to do it).
#include <fcntl.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bench/paired.hpp"
#include "nurt/core/run.hpp"
#include "nurt/process/process.hpp"

namespace {

constexpr int spawns = 100;
constexpr int messages = 5000;
constexpr std::string_view message =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";

using nurt_bench::sample;
using nurt_bench::stopwatch;

void require(bool ok, const char* what) {
    if (!ok) {
        std::perror(what);
        std::exit(1);
    }
}

sample raw_spawn() {
    const stopwatch watch;
    for (int i = 0; i < spawns; ++i) {
        char name[] = "/bin/true";
        char* const argv[] = {name, nullptr};
        pid_t pid = 0;
        require(::posix_spawn(&pid, name, nullptr, nullptr, argv, ::environ) == 0, "posix_spawn");
        siginfo_t info{};
        require(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED) == 0, "waitid");
    }
    return watch.each_of(spawns);
}

nurt::coro<sample> nurt_spawn() {
    const stopwatch watch;
    for (int i = 0; i < spawns; ++i) {
        nurt::process p = co_await nurt::create_subprocess_exec("/bin/true");
        co_await p.wait();
    }
    co_return watch.each_of(spawns);
}

struct raw_cat {
    raw_cat() {
        int in[2];
        int out[2];
        require(::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0, "pipe");
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        char name[] = "/bin/cat";
        char* const argv[] = {name, nullptr};
        require(::posix_spawn(&pid, name, &actions, nullptr, argv, ::environ) == 0, "posix_spawn");
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(in[0]);
        ::close(out[1]);
        to = in[1];
        from = out[0];
    }
    raw_cat(const raw_cat&) = delete;
    raw_cat& operator=(const raw_cat&) = delete;
    ~raw_cat() {
        ::close(to);
        ::close(from);
        ::waitpid(pid, nullptr, 0);
    }

    pid_t pid = 0;
    int to = -1;
    int from = -1;
};

sample raw_echo(bool behind_epoll) {
    const raw_cat cat;
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    ::epoll_ctl(set, EPOLL_CTL_ADD, cat.from, &event);
    char buffer[4096];
    const stopwatch watch;
    for (int i = 0; i < messages; ++i) {
        require(::write(cat.to, message.data(), message.size()) > 0, "write");
        if (behind_epoll) {
            require(::epoll_wait(set, &event, 1, -1) == 1, "epoll_wait");
        }
        require(::read(cat.from, buffer, sizeof buffer) > 0, "read");
    }
    const sample taken = watch.each_of(messages);
    ::close(set);
    return taken;
}

nurt::coro<sample> nurt_echo() {
    nurt::process cat = co_await nurt::create_subprocess_exec(
        "/bin/cat", {}, {.stdin = nurt::subprocess::pipe, .stdout = nurt::subprocess::pipe});
    const std::unique_ptr<char[]> buffer(new char[4096]);
    const stopwatch watch;
    for (int i = 0; i < messages; ++i) {
        co_await cat.stdin().write(message);
        co_await cat.stdout().read_some(std::span(buffer.get(), 4096));
    }
    const sample taken = watch.each_of(messages);
    cat.stdin().close();
    co_await cat.wait();
    co_return taken;
}

}  // namespace

int main(int argc, char** argv) {
    const bool uring = argc > 1 && argv[1] == std::string_view("uring");
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
    using nurt::io::backend_kind;
    nurt::runner loop({.backend = uring ? backend_kind::uring : backend_kind::epoll});
    const char* const name = uring ? "io_uring" : "epoll";
    nurt_bench::paired spawn("posix_spawn and waitid", name);
    nurt_bench::paired blocking("echo by cat, beside one that blocks", name);
    nurt_bench::paired waiting("echo by cat, beside epoll", name);
    const auto echo = [&] { return loop.run(nurt_echo()); };
    spawn.run(rounds, raw_spawn, [&] { return loop.run(nurt_spawn()); });
    blocking.run(rounds, [] { return raw_echo(false); }, echo);
    waiting.run(rounds, [] { return raw_echo(true); }, echo);
    for (const auto* one : {&spawn, &blocking, &waiting}) {
        one->print();
    }
}

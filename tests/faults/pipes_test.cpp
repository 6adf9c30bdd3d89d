// SPDX-License-Identifier: MIT
// tests/faults/pipes_test.cpp: pipes, standard streams and signals while each call fails once.
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/standard_streams.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/stream/pipe.hpp"
#include "nurt/sync/signals.hpp"
#include "tests/faults/outside.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <string>

#include <fcntl.h>
#include <unistd.h>

using nurt::coro;
using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

constexpr std::size_t much = 100'000;  // more than a pipe holds

coro<> write_much(nurt::stream out) {
    co_await out.write(std::string(much, 'p'));
}

coro<> use_a_pipe(const folders&) {
    auto [in, out] = nurt::open_pipe();
    auto writing = nurt::create_task(write_much(std::move(out)));
    const std::string all = co_await in.read_all();
    co_await writing;
    expect(all == std::string(much, 'p'), "something else has come through the pipe");
}

// Ours stands for the process's own until the end.
class stand_in {
public:
    stand_in(int number, int by) : number_(number), saved_(::dup(number)) { ::dup2(by, number); }
    stand_in(const stand_in&) = delete;
    stand_in& operator=(const stand_in&) = delete;
    ~stand_in() {
        ::dup2(saved_, number_);
        ::close(saved_);
    }

private:
    int number_;
    int saved_;
};

class plain_pipe {
public:
    plain_pipe() { expect(::pipe(ends_) == 0, "there is no pipe"); }
    plain_pipe(const plain_pipe&) = delete;
    plain_pipe& operator=(const plain_pipe&) = delete;
    ~plain_pipe() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int operator[](int i) const noexcept { return ends_[i]; }

private:
    int ends_[2];
};

coro<> use_standard_streams(const folders&) {
    const plain_pipe pipe;
    nurt::stream in;
    nurt::stream out;
    {
        const stand_in first(STDIN_FILENO, pipe[0]);
        const stand_in second(STDOUT_FILENO, pipe[1]);
        in = nurt::files::standard_input();
        out = nurt::files::standard_output();
    }
    co_await out.write("through\n");
    const std::string line = co_await in.readline();
    expect(line == "through\n", "something else has come through");
}

// As it is while others share it.
coro<> use_blocking_streams(const folders& in) {
    co_await use_standard_streams(in);
}

coro<> use_signals(const folders&) {
    auto signals = nurt::open_signal_receiver(SIGUSR1, SIGUSR2);
    nurt::event_loop& loop = nurt::event_loop::running();
    int seen = 0;
    loop.add_signal_handler(SIGUSR2, [&seen] { ++seen; });
    ::raise(SIGUSR1);
    ::raise(SIGUSR2);
    const auto first = co_await signals.next();
    const auto second = co_await signals.next();
    co_await nurt::sleep(nurt::milliseconds(1));
    expect(first == SIGUSR1 && second == SIGUSR2 && seen == 1, "other signals have come");
    loop.remove_signal_handler(SIGUSR2);
}

constexpr outside_part parts[] = {
    {"a pipe", use_a_pipe},
    {"standard streams", use_standard_streams},
    {"shared streams", use_blocking_streams, call::open, EACCES},
    {"signals", use_signals},
};

[[maybe_unused]] const bool added = add_parts(parts);

void without_each_call_of_all(backend_kind backend) {
    for (const outside_part& part : parts) {
        without_each_call(part, backend);
    }
}

}  // namespace

TEST_CASE("pipes and signals, each system call failing once, leave nothing, on epoll") {
    without_each_call_of_all(backend_kind::epoll);
}

TEST_CASE("pipes and signals, each system call failing once, leave nothing, on io_uring") {
    without_each_call_of_all(backend_kind::uring);
}

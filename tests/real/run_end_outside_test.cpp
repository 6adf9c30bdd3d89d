// SPDX-License-Identifier: MIT
// run() ends at once, whatever of the outside world its tasks are waiting for.
#include "nurt/files/file.hpp"
#include "nurt/files/temporary.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/sock.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/process/process.hpp"
#include "nurt/stream/pipe.hpp"
#include "nurt/sync/signals.hpp"
#include "tests/real/run_end.hpp"

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using nurt::coro;
using nurt::stream;

namespace subprocess = nurt::subprocess;

namespace {

constexpr nurt::process_options with_pipes{.stdin = subprocess::pipe, .stdout = subprocess::pipe};

coro<> wait_for_a_child() {
    const nurt::process p = co_await nurt::create_subprocess_exec("sleep", {"100"});
    co_await p.wait();
}

coro<> communicate_in_vain() {
    nurt::process p = co_await nurt::create_subprocess_exec("sleep", {"100"}, with_pipes);
    co_await p.communicate(std::string(1'000'000, 'c'));
}

coro<> start_children_on_and_on() {
    for (;;) {
        const nurt::process p = co_await nurt::create_subprocess_exec("true");
        co_await p.wait();
    }
}

coro<> read_a_pipe_in_vain() {
    auto [from, to] = nurt::open_pipe();
    co_await from.readline();
}

coro<> write_a_pipe_in_vain() {
    auto [from, to] = nurt::open_pipe();
    co_await to.write(std::string(1'000'000, 'p'));
}

coro<> receive_datagrams_in_vain() {
    auto s = nurt::open_datagram_socket(*nurt::socket_address::parse("127.0.0.1:0"));
    co_await s.receive();
}

coro<> send_datagrams_in_vain() {
    auto [from, to] = nurt::datagram_pair();
    for (;;) {
        co_await to.send("one more");
    }
}

coro<> read_a_fifo_in_vain() {
    const auto folder = co_await nurt::files::temporary_directory();
    const std::string path = folder / "fifo";
    if (::mkfifo(path.c_str(), 0600) == 0) {
        nurt::files::file f = co_await nurt::files::open(path);
        nurt::files::file other = co_await nurt::files::open(path, "w");
        co_await f.readline();
    }
}

// Something is always under way: opening, writing, waiting for the disk, reading, closing.
coro<> use_files_on_and_on() {
    const auto folder = co_await nurt::files::temporary_directory();
    const std::string path = folder / "f";
    for (;;) {
        nurt::files::file f = co_await nurt::files::open(path, "w+");
        co_await f.write(std::string(100'000, 'f'));
        co_await f.fdatasync();
        co_await f.seek(0);
        const std::string all = co_await f.read_all();
        co_await f.close();
    }
}

coro<> wait_for_a_signal() {
    auto signals = nurt::open_signal_receiver(SIGUSR2);
    co_await signals.next();
}

coro<> leave_a_handler() {
    nurt::event_loop::running().add_signal_handler(SIGUSR1, [] {});
    co_await nurt::sleep(nurt::seconds(3600));
}

coro<> receive_from_a_foreign_socket() {
    auto [near, far] = nurt::stream_pair();
    const nurt::released_socket left = nurt::release_socket(std::move(near));
    co_await nurt::sock_recv(left.descriptor(), 10);
}

coro<> connect_to_a_full_path() {
    const auto folder = co_await nurt::files::temporary_directory();
    const std::string path = folder / "s";
    const auto full = nurt::listen_unix(path, {.backlog = 0});
    std::vector<stream> clients;
    for (;;) {
        clients.push_back(co_await nurt::open_unix_connection(path));
    }
}

coro<> receive_descriptors_in_vain() {
    auto [near, far] = nurt::stream_pair();
    char memory[10];
    co_await nurt::receive_descriptors(near, memory);
}

coro<> send_descriptors_in_vain() {
    auto [near, far] = nurt::stream_pair();
    const int out[] = {STDERR_FILENO};
    const std::string text(100'000, 'd');
    for (;;) {
        co_await nurt::send_descriptors(near, out, text);
    }
}

coro<> exchange_in_vain() {
    auto [near, far] = nurt::stream_pair();
    char answer[10];
    co_await near.exchange("question", answer);
}

}  // namespace

TEST_CASE("P5: run ends at once with children, pipes and signals under way, and leaves no child") {
    constexpr nurt_test::endless all[] = {
        wait_for_a_child,  communicate_in_vain,      read_a_pipe_in_vain, write_a_pipe_in_vain,
        wait_for_a_signal, start_children_on_and_on, leave_a_handler};
    nurt_test::expect_quick_ends(all);
    const int child = ::waitpid(-1, nullptr, WNOHANG);
    const int error = errno;
    CHECK(child == -1);
    CHECK(error == ECHILD);
}

TEST_CASE("P5: run ends at once with datagrams, Unix sockets and files under way") {
    constexpr nurt_test::endless all[] = {
        receive_datagrams_in_vain,   send_datagrams_in_vain, read_a_fifo_in_vain,
        use_files_on_and_on,         connect_to_a_full_path, receive_from_a_foreign_socket,
        receive_descriptors_in_vain, exchange_in_vain,       send_descriptors_in_vain};
    nurt_test::expect_quick_ends(all);
}

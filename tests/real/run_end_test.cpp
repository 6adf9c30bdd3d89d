// SPDX-License-Identifier: MIT
// run() ends at once, whatever its tasks are waiting for.
#include "tests/real/run_end.hpp"
#include "nurt/net/sendfile.hpp"
#include "nurt/net/server.hpp"
#include "tests/support/memory_file.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::stream;
using nurt_test::expect_quick_end;

namespace {

coro<> wait_for_a_client() {
    auto listener = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    co_await listener.accept();
}

// Nobody accepts, and there is no place to wait for that.
coro<> connect_in_vain() {
    auto full = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"), {.backlog = 0});
    std::vector<stream> clients;
    for (;;) {
        clients.push_back(co_await nurt::connect("127.0.0.1", full.port()));
    }
}

std::pair<stream, stream> socket_pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    stream near = nurt::adopt_socket(ends[0]);
    return {std::move(near), nurt::adopt_socket(ends[1])};
}

coro<> read_in_vain() {
    auto ends = socket_pair();
    co_await ends.first.readline();
}

coro<> read_a_pipe_in_vain() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    stream near = nurt::adopt_socket(ends[0]);
    const stream far = nurt::adopt_socket(ends[1]);
    co_await near.readline();
}

coro<> write_in_vain() {
    auto ends = socket_pair();
    const std::string much(10'000'000, 'w');
    co_await ends.first.write(much);
}

coro<> send_a_file_in_vain() {
    auto ends = socket_pair();
    const nurt_test::memory_file file(std::string(2'000'000, 'f'));
    co_await nurt::sendfile(ends.first, file.descriptor(), 0, 2'000'000);
}

coro<> serve_in_vain() {
    auto silent = [](stream s) -> coro<> { const std::string all = co_await s.read_all(); };
    auto server = co_await nurt::start_server(silent, "127.0.0.1", 0);
    const stream client = co_await nurt::connect("127.0.0.1", server.port());
    co_await server.serve_forever();
}

}  // namespace

TEST_CASE("P5: run ends at once with every kind of operation under way") {
    constexpr nurt_test::endless all[] = {wait_for_a_client,   connect_in_vain, read_in_vain,
                                          read_a_pipe_in_vain, write_in_vain,   send_a_file_in_vain,
                                          serve_in_vain};
    nurt_test::expect_quick_ends(all);
}

TEST_CASE("run ends at once when its operations were never waited for by the kernel") {
    expect_quick_end([]() -> coro<> {
        nurt::create_task(read_in_vain()).detach();
        nurt::create_task(wait_for_a_client()).detach();
        co_return;
    }());
}

// SPDX-License-Identifier: MIT
// examples/lecture_3_two_loops.cpp: the same coroutines on a reactive and on a proactive loop.
//
// A reactive loop asks the kernel which connections could be read, and reads them itself (epoll). A
// proactive one says what it wants, and is told what was done (io_uring). No coroutine can tell.
#include <nurt/nurt.hpp>

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string_view>
#include <vector>

constexpr int conversations = 100;
constexpr int messages = 100;

nurt::coro<void> echo(nurt::stream client) {
    char buffer[64];
    std::size_t n = co_await client.read_some(buffer);
    while (n != 0) {
        n = co_await client.exchange(std::string_view(buffer, n), buffer);
    }
}

nurt::coro<int> converse(std::uint16_t port) {
    nurt::stream server = co_await nurt::connect("127.0.0.1", port);
    int answers = 0;
    for (int i = 0; i < messages; ++i) {
        char answer[64];
        const std::size_t n = co_await server.exchange("Daft Academy", answer);
        answers += std::string_view(answer, n) == "Daft Academy" ? 1 : 0;
    }
    co_return answers;
}

nurt::coro<int> all_of_them() {
    nurt::server server = co_await nurt::start_server(echo, "127.0.0.1", 0);
    std::vector<nurt::task<int>> asking;
    for (int i = 0; i < conversations; ++i) {
        asking.push_back(nurt::create_task(converse(server.port())));
    }
    const std::vector<int> answers = co_await nurt::gather(asking);
    co_return std::accumulate(answers.begin(), answers.end(), 0);
}

int main(int argc, char** argv) {
    const std::string_view only = argc > 1 ? argv[1] : "";
    if (only != "io_uring") {
        const int answers = nurt::run(all_of_them(), {.backend = nurt::io::backend_kind::epoll});
        std::printf("epoll:    %d conversations, %d answers\n", conversations, answers);
    }
    if (only != "epoll") {  // where the kernel says no, this is epoll again
        const int answers = nurt::run(all_of_them(), {.backend = nurt::io::backend_kind::uring});
        std::printf("io_uring: %d conversations, %d answers\n", conversations, answers);
    }
}

// prints:
// epoll:    100 conversations, 10000 answers
// io_uring: 100 conversations, 10000 answers

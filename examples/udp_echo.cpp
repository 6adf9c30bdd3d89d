// SPDX-License-Identifier: MIT
// examples/udp_echo.cpp: datagrams. A server that answers everybody, and a client that asks again when
// no answer comes, because a network may lose them.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> serve(nurt::datagram_socket socket) {
    char memory[256];
    bool deaf = true;  // what a bad network would do
    for (;;) {
        const nurt::received got = co_await socket.receive(memory);
        if (std::exchange(deaf, false)) {
            continue;
        }
        const std::string_view data(memory, got.size);
        co_await socket.send_to(data, got.sender);
    }
}

nurt::coro<std::string> ask(nurt::datagram_socket& socket, std::string question) {
    for (int attempt = 1;; ++attempt) {
        co_await socket.send(question);
        try {
            const nurt::datagram answer =
                co_await nurt::wait_for(socket.receive(), nurt::milliseconds(100));
            std::printf("answered after %d attempts\n", attempt);
            co_return answer.data;
        } catch (const nurt::timeout_error&) {
        }
    }
}

nurt::coro<void> talk() {
    auto server = nurt::open_datagram_socket(*nurt::socket_address::parse("127.0.0.1:0"));
    auto client = nurt::connect_datagram_socket(server.local_address());
    auto serving = nurt::create_task(serve(std::move(server)));
    const std::string answer = co_await ask(client, "is anybody there?");
    std::printf("%s\n", answer.c_str());
    serving.cancel();
}

int main() {
    nurt::run(talk());
}

// prints:
// answered after 2 attempts
// is anybody there?

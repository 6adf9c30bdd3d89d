// SPDX-License-Identifier: MIT
// examples/echo_client.cpp: a client and a server in one program, talking over a real connection.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> shout(nurt::stream peer) {
    for (std::string line = co_await peer.readline(); !line.empty();
         line = co_await peer.readline()) {
        for (char& c : line) {
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        co_await peer.write(line);
    }
}

nurt::coro<void> talk() {
    nurt::server server = co_await nurt::start_server(shout, "127.0.0.1", 0);
    nurt::stream s = co_await nurt::open_connection("127.0.0.1", server.port());
    for (const char* line : {"one thread\n", "many conversations\n"}) {
        co_await s.write(line);
        const std::string answer = co_await s.readline();
        std::printf("%s", answer.c_str());
    }
}

int main() {
    nurt::run(talk());
}

// prints:
// ONE THREAD
// MANY CONVERSATIONS

// SPDX-License-Identifier: MIT
// examples/unix_socket.cpp: a server that only this machine reaches, and that knows whom it talks to. It
// hands out an open file, which its client could not have opened itself.
#include <nurt/nurt.hpp>

#include <array>
#include <cstdio>

#include <unistd.h>

nurt::coro<void> hand_out(nurt::stream peer) {
    const nurt::peer_credentials who = nurt::credentials_of(peer);
    std::printf("a process of %s asks\n", who.uid == ::getuid() ? "the same user" : "somebody");
    std::FILE* file = std::tmpfile();
    std::fputs("a secret\n", file);
    std::rewind(file);
    const std::array<int, 1> descriptors{::fileno(file)};
    co_await nurt::send_descriptors(peer, descriptors, "here you are");
    std::fclose(file);
}

nurt::coro<void> talk() {
    // "@" makes an abstract name. With a path the socket is a file, removed when the server closes.
    const std::string name = "@nurt-example-" + std::to_string(::getpid());
    nurt::server server = co_await nurt::start_unix_server(hand_out, name);
    nurt::stream s = co_await nurt::open_unix_connection(name);
    char words[100];
    const nurt::with_descriptors got = co_await nurt::receive_descriptors(s, words);
    char text[100];
    const auto n = ::read(got.descriptors.at(0).number(), text, sizeof text);
    std::printf("%.*s: %.*s", static_cast<int>(got.size), words, static_cast<int>(n), text);
}

int main() {
    nurt::run(talk());
}

// prints:
// a process of the same user asks
// here you are: a secret

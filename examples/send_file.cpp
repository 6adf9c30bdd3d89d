// SPDX-License-Identifier: MIT
// examples/send_file.cpp: a server that sends a file as it is on the disk: the kernel does it, and the
// bytes never come into the program.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

#include <fcntl.h>

nurt::coro<void> send(nurt::stream to, std::string path) {
    const nurt::io::descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const auto size = co_await nurt::sendfile(to, file.number());
    std::printf("sent %llu bytes\n", static_cast<unsigned long long>(size));
}

nurt::coro<void> program() {
    const auto folder = co_await nurt::files::temporary_directory();
    const std::string path = folder / "song";
    co_await nurt::files::write_text(path, std::string(3'000'000, 'l') + "a");

    auto handler = [path](nurt::stream to) { return send(std::move(to), path); };
    auto server = co_await nurt::start_server(handler, "127.0.0.1", 0);
    nurt::stream from = co_await nurt::open_connection("127.0.0.1", server.port());
    const std::string song = co_await from.read_all();
    server.close();
    co_await server.wait_closed();
    std::printf("received %zu bytes, the last is '%c'\n", song.size(), song.back());
}

int main() {
    nurt::run(program());
}

// prints:
// sent 3000001 bytes
// received 3000001 bytes, the last is 'a'

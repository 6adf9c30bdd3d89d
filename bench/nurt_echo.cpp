// SPDX-License-Identifier: MIT
// bench/nurt_echo.cpp: an echo server, through nurt::stream as a program would write it.
//
//     nurt_echo PORT [epoll|uring] [exchange|small]     until it is killed
//
// It reads and writes in turn; `exchange` writes and reads in one await; `small` keeps 64 bytes for a
// connection, for counting what an idle one costs.
//
// The buffer is as large as those of the peers. It is not in the coroutine's frame, because a large
// frame does not come from the pool.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "nurt/core/run.hpp"
#include "nurt/net/server.hpp"
#include "nurt/stream/errors.hpp"
#include "nurt/stream/stream.hpp"

namespace {

constexpr std::size_t buffer_size = 64 * 1024;

nurt::coro<> echo(nurt::stream s) {
    const std::unique_ptr<char[]> buffer(new char[buffer_size]);
    const std::span<char> space(buffer.get(), buffer_size);
    try {
        for (;;) {
            const std::size_t n = co_await s.read_some(space);
            if (n == 0) {
                co_return;
            }
            co_await s.write(std::string_view(buffer.get(), n));
        }
    } catch (const nurt::os_error&) {
        co_return;  // the client has gone
    }
}

nurt::coro<> echo_by_exchange(nurt::stream s) {
    const std::unique_ptr<char[]> buffer(new char[buffer_size]);
    const std::span<char> space(buffer.get(), buffer_size);
    try {
        std::size_t n = co_await s.read_some(space);
        while (n != 0) {
            n = co_await s.exchange(std::string_view(buffer.get(), n), space);
        }
    } catch (const nurt::os_error&) {
        co_return;  // the client has gone
    }
}

nurt::coro<> echo_small(nurt::stream s) {
    char buffer[64];
    try {
        for (;;) {
            const std::size_t n = co_await s.read_some(buffer);
            if (n == 0) {
                co_return;
            }
            co_await s.write(std::string_view(buffer, n));
        }
    } catch (const nurt::os_error&) {
        co_return;  // the client has gone
    }
}

nurt::coro<> serve(std::uint16_t port, std::string_view way) {
    const nurt::listen_options options{.backlog = 1024};
    auto handler = echo;
    if (way == "exchange") {
        handler = echo_by_exchange;
    } else if (way == "small") {
        handler = echo_small;
    }
    nurt::server server = co_await nurt::start_server(handler, "127.0.0.1", port, options);
    co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view wanted = argc > 2 ? argv[2] : "epoll";
    const std::string_view way = argc > 3 ? argv[3] : "";
    const bool known = way.empty() || way == "exchange" || way == "small";
    if (argc < 2 || argc > 4 || !known || (wanted != "epoll" && wanted != "uring")) {
        std::fputs("usage: nurt_echo PORT [epoll|uring] [exchange|small]\n", stderr);
        return 2;
    }
    using nurt::io::backend_kind;
    const auto backend = wanted == "uring" ? backend_kind::uring : backend_kind::epoll;
    const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    nurt::run(serve(port, way), {.backend = backend});
}

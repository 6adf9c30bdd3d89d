// SPDX-License-Identifier: MIT
// bench/nurt_tls_echo.cpp: an echo server over TLS, as a program would write it.
//
//     nurt_tls_echo PORT CHAIN.pem KEY.pem [epoll|uring]     until it is killed
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "nurt/core/run.hpp"
#include "nurt/tls/tls.hpp"

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

nurt::coro<> serve(std::uint16_t port, nurt::tls::server_context site) {
    const nurt::listen_options options{.backlog = 1024};
    nurt::server server =
        co_await nurt::tls::start_server(echo, "127.0.0.1", port, std::move(site), options);
    co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4 || argc > 5) {
        std::fputs("usage: nurt_tls_echo PORT CHAIN.pem KEY.pem [epoll|uring]\n", stderr);
        return 2;
    }
    using nurt::io::backend_kind;
    const bool uring = argc > 4 && argv[4] == std::string_view("uring");
    const nurt::tls::server_context site(
        nurt::tls::server_options().certificate_files(argv[2], argv[3]));
    nurt::run(serve(static_cast<std::uint16_t>(std::atoi(argv[1])), site),
              {.backend = uring ? backend_kind::uring : backend_kind::epoll});
}

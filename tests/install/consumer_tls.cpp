// SPDX-License-Identifier: MIT
// tests/install/consumer_tls.cpp: a user's program with TLS.
//
// prints:
//   TLS handshake with memory (localhost): the peer has closed the connection
#include <cstdio>

#include <nurt/core/run.hpp>
#include <nurt/stream/memory_stream.hpp>
#include <nurt/tls/tls.hpp>

nurt::coro<void> knock() {
    auto [here, there] = nurt::memory_stream_pair();
    there.shutdown_write();
    try {
        co_await nurt::tls::start(std::move(here), "localhost");
    } catch (const nurt::tls_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(knock());
}

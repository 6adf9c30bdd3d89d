// SPDX-License-Identifier: MIT
// examples/lecture_4_4_2_gather.cpp: the three ways beside each other: one thread, gather.
//
// Run `nurt httpbin` first, or give another httpbin's URL.
#include <nurt/http/client.hpp>
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <string>

nurt::coro<int> call_httpbin(nurt::http::client& client, int delay) {
    const auto response = co_await client.get("/delay/" + std::to_string(delay));
    co_return response.status();
}

nurt::coro<void> call_all(std::string httpbin) {
    const auto start_time = std::chrono::steady_clock::now();
    nurt::http::client client(nurt::http::client_options().base_url(httpbin));
    const auto [one, two, three, four] =
        co_await nurt::gather(call_httpbin(client, 1), call_httpbin(client, 2),
                              call_httpbin(client, 3), call_httpbin(client, 4));
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_time;
    std::printf("Received [%d, %d, %d, %d] in %.3f\n", one, two, three, four, time.count());
}

int main(int argc, char** argv) {
    nurt::run(call_all(argc > 1 ? argv[1] : "http://127.0.0.1:8000"));
}

// prints:
// Received [200, 200, 200, 200] in 4.002

// SPDX-License-Identifier: MIT
// examples/lecture_4_4_1_sequential.cpp: the three ways beside each other: one after another.
//
// Run `nurt httpbin` first, or give another httpbin's URL.
#include <nurt/http/blocking.hpp>

#include <chrono>
#include <cstdio>
#include <string>

std::string httpbin = "http://127.0.0.1:8000";

int call_httpbin(int delay) {
    const auto resp = nurt::http::get(httpbin + "/delay/" + std::to_string(delay));
    return resp.status();
}

int main(int argc, char** argv) {
    if (argc > 1) httpbin = argv[1];
    const auto start_time = std::chrono::steady_clock::now();
    const int responses[] = {call_httpbin(1), call_httpbin(2), call_httpbin(3), call_httpbin(4)};
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_time;
    std::printf("Received [%d, %d, %d, %d] in %.3f\n", responses[0], responses[1], responses[2],
                responses[3], time.count());
}

// prints:
// Received [200, 200, 200, 200] in 10.003

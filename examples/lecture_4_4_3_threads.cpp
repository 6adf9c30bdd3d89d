// SPDX-License-Identifier: MIT
// examples/lecture_4_4_3_threads.cpp: the three ways beside each other: a thread for each request.
//
// Run `nurt httpbin` first, or give another httpbin's URL.
#include <nurt/http/blocking.hpp>

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

std::string httpbin = "http://127.0.0.1:8000";
std::mutex responses_lock;

void call_httpbin(std::vector<int>& responses, int delay) {
    const auto resp = nurt::http::get(httpbin + "/delay/" + std::to_string(delay));
    const std::lock_guard guard(responses_lock);
    responses.push_back(resp.status());
}

int main(int argc, char** argv) {
    if (argc > 1) httpbin = argv[1];
    const auto start_time = std::chrono::steady_clock::now();
    std::vector<int> responses;
    std::vector<std::thread> call_threads;
    for (int i = 1; i < 5; ++i) {
        call_threads.emplace_back(call_httpbin, std::ref(responses), i);
    }
    for (std::thread& element : call_threads) {
        element.join();
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_time;
    std::printf("Received [%d, %d, %d, %d] in %.3f\n", responses[0], responses[1], responses[2],
                responses[3], time.count());
}

// prints:
// Received [200, 200, 200, 200] in 4.002

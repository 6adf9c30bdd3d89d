// SPDX-License-Identifier: MIT
// examples/lecture_4_5_threads_and_tasks.cpp: who decides when the other one runs.
//
// Threads are interrupted anywhere (pre-emptive), so what they share needs a mutex. Tasks give way
// only where they await (cooperative), so between two awaits everything is theirs.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <mutex>
#include <thread>

constexpr int rounds = 100'000;

int count_with_threads() {
    int counter = 0;
    std::mutex counter_lock;
    const auto count = [&] {
        for (int i = 0; i < rounds; ++i) {
            const std::lock_guard guard(counter_lock);
            ++counter;
        }
    };
    std::thread first(count);
    std::thread second(count);
    first.join();
    second.join();
    return counter;
}

nurt::coro<void> count(int& counter) {
    for (int i = 0; i < rounds; ++i) {
        const int seen = counter;
        counter = seen + 1;                            // nobody can come between these two lines
        co_await nurt::sleep(nurt::duration::zero());  // here the other one runs
    }
}

nurt::coro<int> count_with_tasks() {
    int counter = 0;
    co_await nurt::gather(count(counter), count(counter));
    co_return counter;
}

int main() {
    std::printf("two threads and a mutex: %d\n", count_with_threads());
    std::printf("two tasks and no lock:   %d\n", nurt::run(count_with_tasks()));
}

// prints:
// two threads and a mutex: 200000
// two tasks and no lock:   200000

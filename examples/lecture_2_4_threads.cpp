// SPDX-License-Identifier: MIT
// examples/lecture_2_4_threads.cpp: threads share the memory of their process, and need a lock.
#include <atomic>
#include <barrier>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>

constexpr int rounds = 1000;

std::atomic<int> count = 0;  // atomic to read and to write, but not from the one to the other
std::mutex count_lock;

// The two threads meet between reading and writing: what happens now and then happens always.
void add_without_lock(std::barrier<>& both) {
    for (int i = 0; i < rounds; ++i) {
        const int seen = count;
        both.arrive_and_wait();
        count = seen + 1;
        both.arrive_and_wait();
    }
}

void add_with_lock() {
    for (int i = 0; i < rounds; ++i) {
        const std::lock_guard guard(count_lock);
        const int seen = count;
        std::this_thread::yield();  // another thread may run now, and finds the lock taken
        count = seen + 1;
    }
}

int main() {
    {
        std::barrier<> both(2);
        const std::jthread one(add_without_lock, std::ref(both));
        const std::jthread two(add_without_lock, std::ref(both));
    }
    std::printf("2 threads add 1 for %d times, without a lock: %d\n", rounds, count.load());
    count = 0;
    {
        const std::jthread one(add_with_lock);
        const std::jthread two(add_with_lock);
    }
    std::printf("2 threads add 1 for %d times, with a lock: %d\n", rounds, count.load());
}

// prints:
// 2 threads add 1 for 1000 times, without a lock: 1000
// 2 threads add 1 for 1000 times, with a lock: 2000

// SPDX-License-Identifier: MIT
// examples/run_in_executor.cpp: a pool of one's own, for what must not run twice at a time.
#include <nurt/nurt.hpp>

#include <cstdio>

int next_number() {
    static int number = 0;  // safe: the pool has one thread
    return ++number;
}

nurt::coro<void> work(nurt::thread_pool& one) {
    nurt::future<int> a = nurt::run_in_executor(one, next_number);
    nurt::future<int> b = nurt::run_in_executor(one, next_number);
    const int second = co_await b;
    const int first = co_await a;
    std::printf("%d %d\n", first, second);

    // nullptr is the pool of the process. Both have begun before anybody waits.
    nurt::future<int> c = nurt::run_in_executor(nullptr, [](int n) { return n * n; }, 4);
    nurt::future<int> d = nurt::run_in_executor(nullptr, [](int n) { return n * n; }, 5);
    const auto [sixteen, more] = co_await nurt::gather(c, d);
    std::printf("%d %d\n", sixteen, more);
}

int main() {
    nurt::thread_pool one({.max_threads = 1, .name = "numbers"});
    nurt::run(work(one));
    one.join();
    std::printf("%llu jobs\n", static_cast<unsigned long long>(one.statistics().ended_jobs));
}

// prints:
// 1 2
// 16 25
// 2 jobs

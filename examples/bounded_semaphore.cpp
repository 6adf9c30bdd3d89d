// SPDX-License-Identifier: MIT
// examples/bounded_semaphore.cpp: a permit that is given back twice is noticed.
#include <nurt/nurt.hpp>

#include <cstdio>

nurt::coro<void> borrow() {
    nurt::bounded_semaphore desks(2);
    {
        const auto desk = co_await desks.acquire();
        std::printf("free: %zu\n", desks.value());
    }
    std::printf("free: %zu\n", desks.value());
    try {
        desks.release();
    } catch (const nurt::usage_error& e) {
        std::puts(e.what());
    }
}

int main() {
    nurt::run(borrow());
}

// prints:
// free: 1
// free: 2
// bounded_semaphore released too many times

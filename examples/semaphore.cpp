// SPDX-License-Identifier: MIT
// examples/semaphore.cpp: at most two at a time.
#include <nurt/nurt.hpp>

#include <algorithm>
#include <cstdio>
#include <vector>

struct pool_t {
    nurt::semaphore lanes{2};
    int swimming = 0;
    int most = 0;
};

nurt::coro<void> swim(pool_t& pool) {
    const auto permit = co_await pool.lanes.acquire();
    pool.swimming += 1;
    pool.most = std::max(pool.most, pool.swimming);
    co_await nurt::sleep(nurt::milliseconds(5));
    pool.swimming -= 1;
}

nurt::coro<void> afternoon() {
    pool_t pool;
    std::vector<nurt::coro<void>> swimmers;
    for (int i = 0; i < 10; ++i) swimmers.push_back(swim(pool));
    co_await nurt::gather(std::move(swimmers));
    std::printf("ten have swum, never more than %d at once\n", pool.most);
}

int main() {
    nurt::run(afternoon());
}

// prints:
// ten have swum, never more than 2 at once

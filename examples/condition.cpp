// SPDX-License-Identifier: MIT
// examples/condition.cpp: waiting under a lock until others have changed something.
#include <nurt/nurt.hpp>

#include <cstdio>

struct shop {
    nurt::condition changed;
    int loaves = 0;
};

nurt::coro<void> baker(shop& s) {
    for (int batch = 0; batch < 3; ++batch) {
        co_await nurt::sleep(nurt::milliseconds(5));
        const auto guard = co_await s.changed.acquire();
        s.loaves += 2;
        std::printf("baked: %d loaves\n", s.loaves);
        s.changed.notify_all();
    }
}

nurt::coro<void> customer(shop& s, int wanted) {
    const auto guard = co_await s.changed.acquire();
    co_await s.changed.wait_for([&] { return s.loaves >= wanted; });
    s.loaves -= wanted;
    std::printf("sold %d\n", wanted);
}

nurt::coro<void> morning() {
    shop s;
    co_await nurt::gather(customer(s, 3), customer(s, 2), baker(s));
}

int main() {
    nurt::run(morning());
}

// prints:
// baked: 2 loaves
// sold 2
// baked: 2 loaves
// baked: 4 loaves
// sold 3

// SPDX-License-Identifier: MIT
// examples/loop_from_scratch.cpp: an event loop in thirty lines, from nothing but generators.
//
// A generator pauses where it yields. If what it yields is how long it wants to sleep, then whoever
// asks it again at the right time is an event loop. The real one adds sockets, results and
// cancellation; coroutines that wait for coroutines are delegation.
#include <nurt/nurt.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <thread>
#include <utility>

using ms = std::chrono::milliseconds;
using sleeper = nurt::generator<ms>;

class tiny_loop {
public:
    void add(sleeper task, ms delay = ms(0)) { waiting_.emplace(now_ + delay, std::move(task)); }

    void run() {
        while (!waiting_.empty()) {
            auto first = waiting_.extract(waiting_.begin());
            std::this_thread::sleep_for(first.key() - now_);
            now_ = first.key();
            if (const auto delay = first.mapped().next()) add(std::move(first.mapped()), *delay);
        }
    }

private:
    ms now_{0};
    std::multimap<ms, sleeper> waiting_;
};

sleeper nap(ms time) {
    co_yield time;
}

sleeper print_lab(int id) {
    std::printf("%d: Daft\n", id);
    co_await nap(ms(20 * id));  // Python: yield from
    std::printf("%d: Academy\n", id);
}

int main() {
    tiny_loop loop;
    loop.add(print_lab(2));
    loop.add(print_lab(1));
    loop.run();
}

// prints:
// 2: Daft
// 1: Daft
// 1: Academy
// 2: Academy

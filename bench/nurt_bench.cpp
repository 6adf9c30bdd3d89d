// SPDX-License-Identifier: MIT
// bench/nurt_bench.cpp: what tasks, switches, awaits and timers cost, without the network.
//
//     nurt_bench WORKLOAD [N]     one JSON line, as peers/common/bench.h writes it
//
// Each workload whose name begins with w does what its namesake in peers/floor/micro.cpp does, through
// the public interface and with everything on. Costs are per operation; README.md says what one
// operation is.
#include <bench.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"
#include "nurt/sync/semaphore.hpp"

namespace {

constexpr long batch = 1000;
constexpr long depth = 10;
constexpr std::int64_t second = 1'000'000'000;

long sink;  // keeps results alive

// --- W1: tasks

[[gnu::noinline]] nurt::coro<long> trivial(long value) {
    co_return value;
}

nurt::coro<> spawn_and_gather(long n) {
    for (long b = 0; b < n / batch; ++b) {
        std::vector<nurt::coro<long>> work;
        work.reserve(batch);
        for (long i = 0; i < batch; ++i) {
            work.push_back(trivial(i));
        }
        const std::vector<long> results = co_await nurt::gather(std::move(work));
        for (long result : results) {
            sink += result;
        }
    }
}

nurt::coro<> spawn_and_await(long n) {
    for (long i = 0; i < n; ++i) {
        sink += co_await nurt::create_task(trivial(i));
    }
}

// --- W2: switches and hand-offs

nurt::coro<> yielder(long n) {
    for (long i = 0; i < n; ++i) {
        co_await nurt::sleep(nurt::duration::zero());
    }
}

nurt::coro<> two_yielders(long n) {
    co_await nurt::gather(yielder(n / 2), yielder(n / 2));
}

nurt::coro<> ping(nurt::event& here, nurt::event& there, long n) {
    for (long i = 0; i < n; ++i) {
        there.set();
        co_await here.wait();
        here.clear();
    }
}

nurt::coro<> pong(nurt::event& here, nurt::event& there, long n) {
    for (long i = 0; i < n; ++i) {
        co_await here.wait();
        here.clear();
        there.set();
    }
}

nurt::coro<> hand_off(long n) {
    nurt::event left;
    nurt::event right;
    co_await nurt::gather(ping(left, right, n / 2), pong(right, left, n / 2));
}

// --- W3: nested awaits

template <long Levels>
[[gnu::noinline]] nurt::coro<long> chain(long value) {
    if constexpr (Levels == 1) {
        co_return value + 1;
    } else {
        co_return co_await chain<Levels - 1>(value) + 1;
    }
}

nurt::coro<> nested_await(long n) {
    for (long i = 0; i < n / depth; ++i) {
        sink += co_await chain<depth>(i);
    }
}

// --- W4: timers

nurt::duration within_a_second(std::uint32_t& seed) {
    return nurt::duration::nanoseconds(bench_rand(&seed) % second);
}

nurt::coro<> sleeper(nurt::duration delay, long& left, nurt::future<> all_done) {
    co_await nurt::sleep(delay);
    if (--left == 0) {
        all_done.set_result();
    }
}

nurt::coro<> sleeps(long n) {
    std::uint32_t seed = 1;
    long left = n;
    nurt::future<> all_done;
    for (long i = 0; i < n; ++i) {
        nurt::create_task(sleeper(within_a_second(seed), left, all_done)).detach();
    }
    co_await all_done;
}

// What the awaiters of sleep and timeout hold.
class plain_timer final : public nurt::timer_node {
public:
    void expire() noexcept override { ++sink; }
};

nurt::coro<> arm_and_remove(long n) {
    nurt::event_loop& loop = nurt::event_loop::running();
    std::vector<plain_timer> timers(batch);
    std::uint32_t seed = 1;
    for (long b = 0; b < n / batch; ++b) {
        for (plain_timer& timer : timers) {
            loop.timers().add(timer, loop.time() + within_a_second(seed));
        }
        for (plain_timer& timer : timers) {
            loop.timers().remove(timer);
        }
    }
    co_return;
}

nurt::coro<> call_later_and_cancel(long n) {
    nurt::event_loop& loop = nurt::event_loop::running();
    std::vector<nurt::handle> handles(batch);
    std::uint32_t seed = 1;
    for (long b = 0; b < n / batch; ++b) {
        for (nurt::handle& h : handles) {
            h = loop.call_later(within_a_second(seed), [] { ++sink; });
        }
        for (nurt::handle& h : handles) {
            h.cancel();
        }
    }
    co_return;
}

// --- W5: memory

nurt::coro<> idle(nurt::duration delay) {
    co_await nurt::sleep(delay);
}

nurt::coro<> idle_tasks(long n) {
    const long before = bench_rss_kb();
    for (long i = 0; i < n; ++i) {
        nurt::create_task(idle(nurt::seconds(3600))).detach();
    }
    co_await nurt::sleep(nurt::duration::zero());
    bench_out_mem("nurt", "w5", static_cast<double>(n), before, bench_rss_kb());
    std::_Exit(EXIT_SUCCESS);  // cancelling a million tasks is not what is measured
}

// --- Without waiting: no turn of the loop

nurt::coro<> uncontended_lock(long n) {
    nurt::lock lock;
    for (long i = 0; i < n; ++i) {
        const auto guard = co_await lock.acquire();
        ++sink;
    }
}

nurt::coro<> uncontended_semaphore(long n) {
    nurt::semaphore permits(1);
    for (long i = 0; i < n; ++i) {
        const auto permit = co_await permits.acquire();
        ++sink;
    }
}

nurt::coro<> ready_queue(long n) {
    nurt::queue<long> queue;
    for (long i = 0; i < n; ++i) {
        co_await queue.put(i);
        sink += co_await queue.get();
    }
}

nurt::coro<> ready_body(long n) {
    for (long i = 0; i < n; ++i) {
        sink += co_await nurt::timeout(nurt::seconds(5), [i] { return trivial(i); });
    }
}

nurt::coro<> bare_body(long n) {
    for (long i = 0; i < n; ++i) {
        sink += co_await trivial(i);
    }
}

// --- A group that is cancelled

nurt::coro<> cancelled_group(long n) {
    auto block = [n](nurt::task_group& group) -> nurt::coro<> {
        for (long i = 0; i < n; ++i) {
            group.create_task(idle(nurt::seconds(3600))).detach();
        }
        co_await nurt::sleep(nurt::duration::zero());
        group.cancel();
    };
    co_await nurt::with(nurt::task_group(), block);
}

struct workload {
    const char* name;
    nurt::coro<> (*body)(long n);
    long n;
};

constexpr workload workloads[] = {
    {"w1", spawn_and_gather, 1'000'000},   {"w1b", spawn_and_await, 1'000'000},
    {"w2y", two_yielders, 5'000'000},      {"w2q", hand_off, 5'000'000},
    {"w3", nested_await, 10'000'000},      {"w4", sleeps, 1'000'000},
    {"w4c", arm_and_remove, 2'000'000},    {"w4cl", call_later_and_cancel, 2'000'000},
    {"w5", idle_tasks, 1'000'000},         {"lock", uncontended_lock, 10'000'000},
    {"queue", ready_queue, 10'000'000},    {"semaphore", uncontended_semaphore, 10'000'000},
    {"timeout", ready_body, 5'000'000},    {"body", bare_body, 5'000'000},
    {"group", cancelled_group, 1'000'000},
};

void measure(const workload& w, long n) {
    const long memory = bench_rss_kb();
    const std::int64_t wall = bench_now();
    const std::int64_t cpu = bench_cpu();
    nurt::run(w.body(n));
    const std::int64_t wall_spent = bench_now() - wall;
    const std::int64_t cpu_spent = bench_cpu() - cpu;
    const auto ops = static_cast<double>(n);
    if (std::strcmp(w.name, "w4") == 0) {
        bench_out_w4("nurt", ops, wall_spent, cpu_spent, memory, bench_peak_kb());
    } else {
        bench_out("nurt", w.name, ops, wall_spent, cpu_spent);
    }
}

int usage() {
    std::fputs("usage: nurt_bench WORKLOAD [N]\nworkloads:", stderr);
    for (const workload& w : workloads) {
        std::fprintf(stderr, " %s", w.name);
    }
    std::fputc('\n', stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        return usage();
    }
    for (const workload& w : workloads) {
        if (std::strcmp(w.name, argv[1]) == 0) {
            measure(w, argc > 2 ? std::atol(argv[2]) : w.n);
            return EXIT_SUCCESS;
        }
    }
    return usage();
}

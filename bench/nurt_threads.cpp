// SPDX-License-Identifier: MIT
// bench/nurt_threads.cpp: what the border between threads costs.
//
//     nurt_threads trip [N]             to_thread beside a bare ping-pong of two threads over eventfds
//     nurt_threads posts [N] [THREADS]  call_soon_threadsafe by several threads; counts them
//
// `trip` takes the two in turns, and prints the median of the ratios: the processors' sleep states
// and the scheduler dominate both, and change by the minute. `posts` fails if one of N is missing or
// out of order; N = 100000000 is what a release is held against.
#include <bench.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include <sys/eventfd.h>
#include <unistd.h>

#include "nurt/core/run.hpp"
#include "nurt/threads/to_thread.hpp"

namespace {

constexpr int samples = 15;

void pass_on(int from, int to) {
    std::uint64_t value = 0;
    if (::read(from, &value, sizeof value) != sizeof value ||
        ::write(to, &value, sizeof value) != sizeof value) {
        std::abort();
    }
}

// ns of one round trip.
double ping_pong(long n) {
    const int there = ::eventfd(0, EFD_CLOEXEC);
    const int back = ::eventfd(1, EFD_CLOEXEC);
    std::thread other([=] {
        for (long i = 0; i < n; ++i) {
            pass_on(there, back);
        }
    });
    const std::int64_t begin = bench_now();
    for (long i = 0; i < n; ++i) {
        pass_on(back, there);
    }
    other.join();
    const std::int64_t end = bench_now();
    ::close(there);
    ::close(back);
    return static_cast<double>(end - begin) / static_cast<double>(n);
}

nurt::coro<> trips(long n) {
    for (long i = 0; i < n; ++i) {
        co_await nurt::to_thread([] {});
    }
}

double through_to_thread(long n) {
    const std::int64_t begin = bench_now();
    nurt::run(trips(n));
    return static_cast<double>(bench_now() - begin) / static_cast<double>(n);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int trip(long n) {
    std::vector<double> floors, ours, ratios;
    through_to_thread(n);
    for (int i = 0; i < samples; ++i) {
        floors.push_back(ping_pong(n));
        ours.push_back(through_to_thread(n));
        ratios.push_back(ours.back() / floors.back());
    }
    std::printf("eventfd ping-pong %.0f ns, to_thread %.0f ns, ratio %.2f\n", median(floors),
                median(ours), median(ratios));
    return EXIT_SUCCESS;
}

// What the callbacks count, on the loop's thread.
struct tally {
    nurt::event_loop loop;
    long left = 0;
    long wrong = 0;
    std::atomic<long> done{0};
};

struct lane {
    tally* all;
    long next = 0;
};

// Posts `count` numbers in order. Waits when the loop is far behind: memory is not what is measured.
void post_all(lane& mine, long count) {
    constexpr long look_every = 4096, far = 200'000;
    for (long i = 0; i < count; ++i) {
        mine.all->loop.call_soon_threadsafe([&mine, i] {
            tally& all = *mine.all;
            all.wrong += mine.next++ != i ? 1 : 0;
            if (--all.left == 0) {
                all.loop.stop();
            }
            if (i % look_every == 0) {
                all.done.fetch_add(look_every);
            }
        });
        if (i % look_every == 0) {
            mine.all->done.fetch_sub(look_every);
            while (mine.all->done.load() < -far) {
                std::this_thread::yield();
            }
        }
    }
}

int posts(long n, int threads) {
    tally all;
    all.left = n;
    std::vector<lane> lanes(static_cast<std::size_t>(threads), lane{&all});
    std::vector<std::thread> posters;
    const std::int64_t begin = bench_now();
    const std::int64_t cpu = bench_cpu();
    for (int t = 0; t < threads; ++t) {
        const long share = n / threads + (t < n % threads ? 1 : 0);
        posters.emplace_back(
            [&mine = lanes[static_cast<std::size_t>(t)], share] { post_all(mine, share); });
    }
    all.loop.run_forever();
    for (std::thread& p : posters) {
        p.join();
    }
    bench_out("nurt", "posts", static_cast<double>(n), bench_now() - begin, bench_cpu() - cpu);
    if (all.wrong != 0) {
        std::fprintf(stderr, "%ld callbacks out of order\n", all.wrong);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    const long n = argc > 2 ? std::atol(argv[2]) : 0;
    if (argc > 1 && std::strcmp(argv[1], "trip") == 0) {
        return trip(n > 0 ? n : 20'000);
    }
    if (argc > 1 && std::strcmp(argv[1], "posts") == 0) {
        return posts(n > 0 ? n : 10'000'000, argc > 3 ? std::atoi(argv[3]) : 3);
    }
    std::fputs("usage: nurt_threads trip [N] | posts [N] [THREADS]\n", stderr);
    return 2;
}

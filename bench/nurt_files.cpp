// SPDX-License-Identifier: MIT
// bench/nurt_files.cpp: what files cost, beside the plain system calls in the same program.
//
//     nurt_files read [MiB]      a cached file from start to end, by read(2) and by file::read_some
//     nurt_files random [count [threads]]  4 KiB reads at random places, 64 at once: by pread(2) in a
//                                pool of 64 threads that are handed each, and by file::pread in 64 tasks
//
// Each sample of nurt stands between two of the floor; printed are medians and the median ratio. The
// backend is chosen by NURT_BACKEND. With NURT_CPU=1 times are those of the processors.
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "nurt/core/run.hpp"
#include "nurt/core/task.hpp"
#include "nurt/files/file.hpp"
#include "nurt/files/temporary.hpp"
#include "nurt/sim/splitmix.hpp"

namespace {

using nurt::coro;
namespace files = nurt::files;

constexpr std::size_t block = 256 * 1024;
constexpr std::size_t page = 4096;
constexpr std::size_t at_once = 64;
bool use_cpu_time = false;

// Seconds: on the wall, or of the processors, which a busy machine does not falsify.
double now() {
    timespec t{};
    ::clock_gettime(use_cpu_time ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double plain_read(int descriptor, std::vector<char>& memory) {
    ::lseek(descriptor, 0, SEEK_SET);
    const double start = now();
    while (::read(descriptor, memory.data(), memory.size()) > 0) {
    }
    return now() - start;
}

coro<double> nurt_read(files::file& f, std::vector<char>& memory) {
    co_await f.seek(0);
    const double start = now();
    for (std::size_t n = 1; n != 0;) {
        n = co_await f.read_some(std::span<char>(memory));
    }
    co_return now() - start;
}

// A pool as one writes it: a queue, and one answer each.
class pread_pool {
public:
    pread_pool(int descriptor, std::size_t threads) {
        for (std::size_t i = 0; i < threads; ++i) {
            threads_.emplace_back([this, descriptor] { work(descriptor); });
        }
    }
    ~pread_pool() {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
        }
        asked_.notify_all();
        for (std::thread& t : threads_) {
            t.join();
        }
    }

    double run(std::uint64_t count, std::uint64_t pages) {
        nurt::sim::splitmix random(1);
        const double start = now();
        std::uint64_t begun = 0;
        std::uint64_t answered = 0;
        std::unique_lock lock(mutex_);
        while (answered < count) {
            while (begun < count && begun - answered < at_once) {
                questions_.push_back(random.below(pages) * page);
                ++begun;
                asked_.notify_one();
            }
            answer_.wait(lock, [this] { return answers_ != 0; });
            answered += std::exchange(answers_, 0);
        }
        return now() - start;
    }

private:
    void work(int descriptor) {
        std::vector<char> memory(page);
        std::unique_lock lock(mutex_);
        for (;;) {
            asked_.wait(lock, [this] { return ended_ || !questions_.empty(); });
            if (ended_) {
                return;
            }
            const std::uint64_t at = questions_.front();
            questions_.pop_front();
            lock.unlock();
            const auto got = ::pread(descriptor, memory.data(), page, static_cast<off_t>(at));
            lock.lock();
            answers_ += got > 0 ? 1 : 0;
            answer_.notify_one();
        }
    }

    std::mutex mutex_;
    std::condition_variable asked_;
    std::condition_variable answer_;
    std::deque<std::uint64_t> questions_;
    std::uint64_t answers_ = 0;
    bool ended_ = false;
    std::vector<std::thread> threads_;
};

coro<void> read_pages(files::file& f, std::uint64_t count, std::uint64_t pages,
                      std::uint64_t seed) {
    nurt::sim::splitmix random(seed);
    std::vector<char> memory(page);
    for (std::uint64_t i = 0; i < count; ++i) {
        co_await f.pread(std::span<char>(memory), random.below(pages) * page);
    }
}

coro<double> nurt_random(files::file& f, std::uint64_t count, std::uint64_t pages) {
    const double start = now();
    std::vector<nurt::task<void>> all;
    for (std::uint64_t i = 0; i < at_once; ++i) {
        all.push_back(nurt::create_task(read_pages, std::ref(f), count / at_once, pages, i));
    }
    for (auto& one : all) {
        co_await one;
    }
    co_return now() - start;
}

double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

coro<void> compare(std::string_view what, std::uint64_t size, std::size_t threads) {
    const bool random = what == "random";
    files::file f = co_await files::temporary_file();
    const std::uint64_t bytes = random ? std::uint64_t{1} << 28 : size << 20;
    std::vector<char> memory(block, 'x');
    for (std::uint64_t have = 0; have < bytes; have += block) {
        co_await f.write(std::string_view(memory.data(), memory.size()));
    }
    std::vector<double> floors;
    std::vector<double> ours;
    std::vector<double> ratios;
    for (int round = 0; round < 7; ++round) {
        double floor[2];
        double own = 0;
        for (double& one : floor) {
            if (random) {
                pread_pool pool(f.descriptor(), threads);
                one = pool.run(size, bytes / page);
            } else {
                one = plain_read(f.descriptor(), memory);
            }
            if (&one == &floor[0]) {
                if (random) {
                    own = co_await nurt_random(f, size, bytes / page);
                } else {
                    own = co_await nurt_read(f, memory);
                }
            }
        }
        floors.push_back((floor[0] + floor[1]) / 2);
        ours.push_back(own);
        ratios.push_back(own / floors.back());
    }
    const double per = random ? 1e6 / static_cast<double>(size) : 1e3;
    std::printf("%s: floor %.3f %s, nurt %.3f, ratio %.3f\n", std::string(what).c_str(),
                median(floors) * per, random ? "us" : "ms", median(ours) * per, median(ratios));
}

}  // namespace

int main(int argc, char** argv) {
    use_cpu_time = std::getenv("NURT_CPU") != nullptr;
    const std::string_view what = argc > 1 ? argv[1] : "read";
    const std::uint64_t usual = what == "random" ? 200'000 : 1024;
    const std::uint64_t size = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : usual;
    const std::size_t threads = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : at_once;
    nurt::run(compare(what, size, threads));
}

// SPDX-License-Identifier: MIT
// bench/nurt_files.cpp: what files cost, beside the plain system calls in the same program.
//
//     nurt_files read epoll|uring [ROUNDS [MiB]]
//     nurt_files random epoll|uring [ROUNDS [COUNT [THREADS]]]
//
// A cached file (1,024 MiB) from start to end, by read(2) and by file::read_some. Or reads of 4 KiB at
// random places, 64 at once: by pread(2) in a pool of threads (64) that are handed each, and by
// file::pread in 64 tasks.
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "bench/paired.hpp"
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
using nurt_bench::sample;
using nurt_bench::stopwatch;

sample plain_read(int descriptor, std::vector<char>& memory) {
    ::lseek(descriptor, 0, SEEK_SET);
    const stopwatch watch;
    while (::read(descriptor, memory.data(), memory.size()) > 0) {
    }
    return watch.each_of(1);
}

coro<sample> nurt_read(files::file& f, std::vector<char>& memory) {
    co_await f.seek(0);
    const stopwatch watch;
    for (std::size_t n = 1; n != 0;) {
        n = co_await f.read_some(std::span<char>(memory));
    }
    co_return watch.each_of(1);
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

    sample run(std::uint64_t count, std::uint64_t pages) {
        nurt::sim::splitmix random(1);
        const stopwatch watch;
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
        return watch.each_of(static_cast<double>(count));
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

coro<sample> nurt_random(files::file& f, std::uint64_t count, std::uint64_t pages) {
    const stopwatch watch;
    std::vector<nurt::task<void>> all;
    for (std::uint64_t i = 0; i < at_once; ++i) {
        all.push_back(nurt::create_task(read_pages, std::ref(f), count / at_once, pages, i));
    }
    for (auto& one : all) {
        co_await one;
    }
    co_return watch.each_of(static_cast<double>(count));
}

coro<files::file> cached_file(std::uint64_t bytes) {
    files::file f = co_await files::temporary_file();
    const std::vector<char> memory(block, 'x');
    for (std::uint64_t have = 0; have < bytes; have += block) {
        co_await f.write(std::string_view(memory.data(), memory.size()));
    }
    co_return f;
}

struct plan {
    bool random = false;
    bool uring = false;
    int rounds = 7;
    std::uint64_t size = 0;  // MiB, or how many reads
    std::size_t threads = at_once;
};

void compare(nurt::runner& loop, const plan& p) {
    const std::uint64_t bytes = p.random ? std::uint64_t{1} << 28 : p.size << 20;
    files::file f = loop.run(cached_file(bytes));
    const std::string what =
        p.random ? "4 KiB at random, beside " + std::to_string(p.threads) + " threads"
                 : std::to_string(p.size) + " MiB read";
    nurt_bench::paired result(what, p.uring ? "io_uring" : "epoll");
    if (p.random) {
        result.run(
            p.rounds,
            [&] {
                pread_pool pool(f.descriptor(), p.threads);
                return pool.run(p.size, bytes / page);
            },
            [&] { return loop.run(nurt_random(f, p.size, bytes / page)); });
    } else {
        std::vector<char> memory(block);
        result.run(
            p.rounds, [&] { return plain_read(f.descriptor(), memory); },
            [&] { return loop.run(nurt_read(f, memory)); });
    }
    result.print();
}

}  // namespace

int main(int argc, char** argv) {
    const auto number = [&](int at, std::uint64_t usual) {
        return argc > at ? std::strtoull(argv[at], nullptr, 10) : usual;
    };
    plan p;
    p.random = argc > 1 && argv[1] == std::string_view("random");
    p.uring = argc > 2 && argv[2] == std::string_view("uring");
    p.rounds = static_cast<int>(number(3, 7));
    p.size = number(4, p.random ? 100'000 : 1024);
    p.threads = number(5, at_once);
    using nurt::io::backend_kind;
    nurt::runner loop({.backend = p.uring ? backend_kind::uring : backend_kind::epoll});
    compare(loop, p);
}

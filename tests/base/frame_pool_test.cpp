// SPDX-License-Identifier: MIT
// tests/base/frame_pool_test.cpp: memory for frames, in one thread and between threads.
//
// Under AddressSanitizer the pool hands every call to operator new; what counts slabs is skipped there.
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "nurt/base/frame_pool.hpp"
#include "tests/support/support.hpp"

namespace pool = nurt::frame_pool;

namespace {

struct piece {
    unsigned char* memory;
    std::size_t size;
    unsigned char mark;
};

piece take(std::size_t size, unsigned char mark) {
    auto* memory = static_cast<unsigned char*>(pool::allocate(size));
    std::memset(memory, mark, size);
    return {memory, size, mark};
}

bool intact(const piece& p) {
    for (std::size_t i = 0; i < p.size; ++i) {
        if (p.memory[i] != p.mark) return false;
    }
    return true;
}

void give(const piece& p) {
    pool::deallocate(p.memory, p.size);
}

// False under ASan, where no slab is ever made.
bool has_slabs() {
    void* block = pool::allocate(32);
    const bool slabs = pool::statistics().slab_bytes != 0;
    pool::deallocate(block, 32);
    return slabs;
}

}  // namespace

TEST_CASE("blocks of every size are aligned, distinct and writable to their last byte") {
    std::vector<piece> all;
    for (std::size_t size = 1; size <= 1200; ++size) {
        all.push_back(take(size, static_cast<unsigned char>(size)));
        CHECK(reinterpret_cast<std::uintptr_t>(all.back().memory) % 16 == 0);
    }
    for (const piece& p : all) {
        CHECK(intact(p));
        give(p);
    }
}

TEST_CASE("live counts what was allocated and not freed") {
    const std::int64_t before = pool::live();
    const piece small = take(100, 1);
    const piece large = take(5000, 2);
    CHECK(pool::live() == before + 2);
    give(small);
    give(large);
    CHECK(pool::live() == before);
}

TEST_CASE("a freed block is used again first") {
    if (!has_slabs()) return;
    void* first = pool::allocate(48);
    pool::deallocate(first, 48);
    void* second = pool::allocate(40);  // of the same class
    CHECK(first == second);
    pool::deallocate(second, 40);
}

TEST_CASE("random traffic keeps every block intact") {
    std::mt19937_64 random(nurt_test::seed());
    std::vector<piece> all;
    bool good = true;
    for (int step = 0; step < 200'000; ++step) {
        if (all.size() < 3000 && random() % 2 == 0) {
            all.push_back(take(1 + random() % 1100, static_cast<unsigned char>(random())));
        } else if (!all.empty()) {
            const std::size_t at = random() % all.size();
            good = good && intact(all[at]);
            give(all[at]);
            all[at] = all.back();
            all.pop_back();
        }
    }
    for (const piece& p : all) {
        good = good && intact(p);
        give(p);
    }
    CHECK(good);
}

TEST_CASE("empty slabs beyond one MiB go back to the system") {
    if (!has_slabs()) return;
    const std::size_t before = pool::statistics().slab_bytes;
    std::vector<void*> all;
    for (int i = 0; i < 10'000; ++i) all.push_back(pool::allocate(1024));
    CHECK(pool::statistics().slab_bytes > 9'000'000);
    for (void* block : all) pool::deallocate(block, 1024);
    CHECK(pool::statistics().slab_bytes <= before + 1024 * 1024 + 2 * 65536);
}

TEST_CASE("slabs of one size serve another size when they are empty") {
    if (!has_slabs()) return;
    std::thread([] {
        const auto churn = [](std::size_t size) {
            std::vector<void*> all;
            for (int i = 0; i < 500; ++i) all.push_back(pool::allocate(size));
            for (void* block : all) pool::deallocate(block, size);
        };
        churn(1024);
        const std::size_t once = pool::statistics().slab_bytes;
        churn(1008);
        churn(992);
        CHECK(pool::statistics().slab_bytes <= once + 3 * 65536);
    }).join();
}

TEST_CASE("a block freed by another thread goes home") {
    const std::int64_t before = pool::live();
    std::vector<piece> all;
    for (int i = 0; i < 5000; ++i) all.push_back(take(64, 7));
    const std::size_t bytes = pool::statistics().slab_bytes;
    std::thread([&all] {
        for (const piece& p : all) give(p);
    }).join();
    CHECK(pool::live() == before);
    for (piece& p : all) p = take(64, 9);  // the same memory serves again
    CHECK(pool::statistics().slab_bytes <= bytes + 65536);
    for (const piece& p : all) give(p);
    CHECK(pool::live() == before);
}

TEST_CASE("blocks outlive the thread that allocated them") {
    const std::int64_t before = pool::live();
    std::vector<piece> all;
    std::thread([&all] {
        for (int i = 0; i < 3000; ++i)
            all.push_back(take(static_cast<std::size_t>(1 + i % 300), 5));
    }).join();
    CHECK(pool::live() == before + 3000);
    bool good = true;
    for (const piece& p : all) {
        good = good && intact(p);
        give(p);
    }
    CHECK(good);
    CHECK(pool::live() == before);
}

TEST_CASE("threads that free each other's blocks while they end lose none") {
    const std::int64_t before = pool::live();
    for (int round = 0; round < 20; ++round) {
        std::vector<std::vector<piece>> hands(4);
        std::vector<std::thread> makers;
        for (std::vector<piece>& hand : hands) {
            makers.emplace_back([&hand] {
                for (int i = 0; i < 500; ++i) hand.push_back(take(96, 3));
            });
        }
        for (std::thread& t : makers) t.join();
        std::vector<std::thread> takers;
        for (std::vector<piece>& hand : hands) {
            takers.emplace_back([&hand] {
                std::vector<piece> own;
                for (const piece& p : hand) {
                    own.push_back(take(96, 4));
                    give(p);
                }
                for (const piece& p : own) give(p);
            });
        }
        for (std::thread& t : takers) t.join();
    }
    CHECK(pool::live() == before);
}

TEST_CASE("two threads that pass blocks to each other all the time stay in step") {
    const std::int64_t before = pool::live();
    std::vector<piece> ping(1000), pong(1000);
    for (int round = 0; round < 10; ++round) {
        std::thread a([&] {
            for (piece& p : ping) {
                if (p.memory != nullptr) give(p);
                p = take(128, 1);
            }
        });
        std::thread b([&] {
            for (piece& p : pong) {
                if (p.memory != nullptr) give(p);
                p = take(128, 2);
            }
        });
        a.join();
        b.join();
        std::swap(ping, pong);
    }
    for (const piece& p : ping) give(p);
    for (const piece& p : pong) give(p);
    CHECK(pool::live() == before);
}

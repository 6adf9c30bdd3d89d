// SPDX-License-Identifier: MIT
// tests/threads/thread_pool_test.cpp: the pool with its real threads. Runs under ThreadSanitizer too.
#include "nurt/threads/thread_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/base/error.hpp"
#include "nurt/base/unique_function.hpp"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NURT_TSAN 1
#endif
#endif

using nurt::thread_pool;

namespace {

struct job final : nurt::executor::job {
    explicit job(nurt::unique_function<void()> f) : work(std::move(f)) {}
    void call() noexcept override { work(); }
    void deliver() noexcept override {
        done = true;
        done.notify_all();
    }
    void wait() const { done.wait(false); }

    nurt::unique_function<void()> work;
    std::atomic<bool> done{false};
};

class gate {
public:
    void open() {
        open_ = true;
        open_.notify_all();
    }
    void pass() const { open_.wait(false); }

private:
    std::atomic<bool> open_{false};
};

// Until the pool's threads have noticed; a test that fails here hangs, and is stopped.
template <class Condition>
void until(Condition holds) {
    while (!holds()) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a pool makes threads for work, at most its limit, and the rest waits in order") {
    thread_pool pool({.max_threads = 2});
    CHECK(pool.statistics().threads == 0);
    gate g;
    std::atomic<int> begun{0};
    std::vector<std::unique_ptr<job>> jobs;
    std::vector<int> order;
    for (int i = 0; i < 2; ++i) {
        jobs.push_back(std::make_unique<job>([&] {
            ++begun;
            g.pass();
        }));
        pool.post(*jobs.back());
    }
    until([&] { return begun == 2; });
    job third([] {});
    pool.post(third);
    const auto seen = pool.statistics();
    CHECK(seen.threads == 2);
    CHECK(seen.max_threads == 2);
    CHECK(seen.idle_threads == 0);
    CHECK(seen.queued_jobs == 1);
    CHECK_FALSE(pool.join(nurt::milliseconds(1)));
    g.open();
    CHECK(pool.join());
    CHECK(third.done);
    CHECK(pool.statistics().ended_jobs == 3);
}

TEST_CASE("the thread that became idle last gets the next job") {
    thread_pool pool({.max_threads = 4});
    std::set<std::thread::id> used;
    for (int i = 0; i < 50; ++i) {
        job j([&] { used.insert(std::this_thread::get_id()); });
        pool.post(j);
        j.wait();
        until([&] { return pool.statistics().idle_threads == pool.statistics().threads; });
    }
    CHECK(used.size() == 1);
    CHECK(pool.statistics().threads == 1);
}

TEST_CASE("idle threads end after their time") {
    thread_pool pool({.max_threads = 4, .idle_time = nurt::milliseconds(1)});
    job j([] {});
    pool.post(j);
    j.wait();
    until([&] { return pool.statistics().threads == 0; });
    job again([] {});
    pool.post(again);
    again.wait();
    CHECK(pool.join());
}

TEST_CASE("threads have names, and no signal is theirs") {
    thread_pool pool({.name = "a-long-name-for-it"});
    std::string name;
    bool blocked = false;
    job j([&] {
        char text[32];
        ::pthread_getname_np(::pthread_self(), text, sizeof text);
        name = text;
        sigset_t mask;
        ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        blocked = ::sigismember(&mask, SIGINT) == 1 && ::sigismember(&mask, SIGTERM) == 1;
    });
    pool.post(j);
    j.wait();
    CHECK(name == "a-long-name-1");
    CHECK(blocked);
    sigset_t mine;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mine);
    CHECK(::sigismember(&mine, SIGTERM) == 0);
    CHECK(pool.join());
}

TEST_CASE("a job is withdrawn before its start or not at all") {
    thread_pool pool({.max_threads = 1});
    gate g;
    job first([&] { g.pass(); });
    job second([] {});
    pool.post(first);
    pool.post(second);
    CHECK(pool.withdraw(second));
    CHECK_FALSE(pool.withdraw(second));
    until([&] { return pool.statistics().queued_jobs == 0; });
    CHECK_FALSE(pool.withdraw(first));
    g.open();
    CHECK(pool.join());
    CHECK_FALSE(second.done);
}

TEST_CASE("a closed pool does what it has and takes nothing more") {
    job j([] {});
    {
        thread_pool pool({.max_threads = 1});
        pool.post(j);
        pool.close();
        job late([] {});
        CHECK_THROWS_AS(pool.post(late), nurt::usage_error);
        until([&] { return pool.statistics().threads == 0; });
    }
    CHECK(j.done);
}

TEST_CASE("many threads post, withdraw and end pools, and each job runs once or was withdrawn") {
    constexpr int rounds = 40, posters = 3, each = 60;
    for (int round = 0; round < rounds; ++round) {
        std::atomic<int> ran{0}, withdrawn{0};
        std::vector<std::unique_ptr<job>> jobs;
        for (int i = 0; i < posters * each; ++i)
            jobs.push_back(std::make_unique<job>([&] { ++ran; }));
        {
            thread_pool pool({.max_threads = 3, .idle_time = nurt::microseconds(20)});
            std::vector<std::thread> threads;
            for (int p = 0; p < posters; ++p) {
                threads.emplace_back([&, p] {
                    for (int i = p * each; i < (p + 1) * each; ++i) {
                        job& mine = *jobs[static_cast<std::size_t>(i)];
                        pool.post(mine);
                        if (i % 4 == 0 && pool.withdraw(mine)) ++withdrawn;
                    }
                });
            }
            for (std::thread& t : threads) t.join();
            REQUIRE(pool.join());
        }
        REQUIRE(ran + withdrawn == posters * each);
    }
}

TEST_CASE("after fork the child's pool is empty and works") {
    thread_pool pool({.max_threads = 1});
    gate g;
    job busy([&] { g.pass(); });
    job queued([] {});
    pool.post(busy);
    pool.post(queued);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto seen = pool.statistics();
        const bool empty = seen.threads == 0 && seen.queued_jobs == 0;
#ifndef NURT_TSAN  // which allows no thread in such a child
        job mine([] {});
        pool.post(mine);
        mine.wait();
#endif
        ::_exit(empty && !queued.done ? 0 : 1);
    }
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    g.open();
    CHECK(pool.join());
    CHECK(queued.done);
}

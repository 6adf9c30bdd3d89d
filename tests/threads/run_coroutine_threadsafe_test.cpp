// SPDX-License-Identifier: MIT
// tests/threads/run_coroutine_threadsafe_test.cpp: coroutines for other threads, and the way back.
//
// Runs under ThreadSanitizer too. CPython's tests that are retold stand beside the sentences.
#include "nurt/threads/run_coroutine_threadsafe.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"
#include "nurt/threads/to_thread.hpp"
#include "tests/support/world.hpp"

using nurt::concurrent_future;
using nurt::coro;
using nurt::event_loop;
using nurt::run_coroutine_threadsafe;
using nurt::wrap_future;

namespace {

coro<int> add(int a, int b) {
    co_await nurt::sleep(nurt::microseconds(100));
    co_return a + b;
}

coro<int> fail() {
    co_await nurt::sleep(nurt::duration::zero());
    throw std::runtime_error("no");
}

coro<> for_ever() {
    nurt::event never;
    co_await never.wait();
}

// A loop that runs in a thread of its own until the end of the scope.
class other_loop {
public:
    other_loop()
        : thread_([this] {
              nurt::runner runner({.handle_interrupt = false});
              loop_ = &runner.loop();
              loop_.notify_all();
              runner.run([](other_loop& self) -> coro<> {
                  nurt::event stop;
                  self.stop_ = &stop;
                  co_await stop.wait();
              }(*this));
          }) {
        loop_.wait(nullptr);
    }
    ~other_loop() {
        if (thread_.joinable()) end();
    }
    void end() {
        loop().call_soon_threadsafe([this] { stop_->set(); });
        thread_.join();
    }
    event_loop& loop() { return *loop_; }

private:
    std::atomic<event_loop*> loop_{nullptr};
    nurt::event* stop_ = nullptr;
    std::thread thread_;
};

}  // namespace

// RunCoroutineThreadsafeTests test_run_coroutine_threadsafe
TEST_CASE("S148: a coroutine runs on the loop's thread, and its result comes to this one") {
    other_loop there;
    CHECK(run_coroutine_threadsafe(there.loop(), add, 1, 2).result() == 3);
    const auto ids = [](std::thread::id mine) -> coro<bool> {
        co_return std::this_thread::get_id() != mine;
    };
    const bool elsewhere =
        run_coroutine_threadsafe(there.loop(), ids, std::this_thread::get_id()).result();
    CHECK(elsewhere);
}

// test_run_coroutine_threadsafe_with_exception
TEST_CASE("S148: an exception comes to this thread, as often as it is asked for") {
    other_loop there;
    const auto f = run_coroutine_threadsafe(there.loop(), fail);
    CHECK_THROWS_AS(f.result(), std::runtime_error);
    CHECK_THROWS_AS(f.result(), std::runtime_error);
    CHECK(nurt_test::text_of(f.exception()) == "no");
}

// test_run_coroutine_threadsafe_with_timeout
TEST_CASE("S148: waiting has a limit, and the coroutine goes on when it is over") {
    other_loop there;
    const auto f = run_coroutine_threadsafe(there.loop(), for_ever);
    CHECK_FALSE(f.wait_for(nurt::microseconds(100)));
    CHECK_THROWS_AS(f.result(nurt::microseconds(100)), nurt::timeout_error);
    CHECK_FALSE(f.done());
    CHECK(f.cancel());
}

// test_run_coroutine_threadsafe_task_cancelled
TEST_CASE("S148: cancelling the future cancels the task") {
    other_loop there;
    std::atomic<bool> begun{false}, cancelled{false};
    const auto f = run_coroutine_threadsafe(there.loop(), [&]() -> coro<> {
        begun = true;
        try {
            co_await for_ever();
        } catch (const nurt::cancelled_error&) {
            cancelled = true;
            throw;
        }
    });
    while (!begun) std::this_thread::yield();
    CHECK(f.cancel());
    CHECK_FALSE(f.cancel());
    CHECK(f.cancelled());
    CHECK_THROWS_AS(f.result(), nurt::cancelled_error);
    there.end();
    CHECK(cancelled);
}

TEST_CASE("S148: a task that is cancelled cancels the future") {
    other_loop there;
    const auto f = run_coroutine_threadsafe(there.loop(), []() -> coro<> {
        nurt::current_task().cancel();
        co_await nurt::sleep(nurt::duration::zero());
    });
    CHECK_THROWS_AS(f.result(), nurt::cancelled_error);
    CHECK(f.cancelled());
}

TEST_CASE("the coroutine has a copy of the caller's context") {
    other_loop there;
    nurt_test::in_task([&]() -> coro<> {
        static const nurt::context_var<int> number("number", 0);
        number.set(5);
        const auto f = run_coroutine_threadsafe(there.loop(), []() -> coro<int> {
            const int before = number.get();
            number.set(6);
            co_return before;
        });
        CHECK(f.result() == 5);
        CHECK(number.get() == 5);
        co_return;
    });
}

TEST_CASE("values that can only be moved cross the border both ways") {
    other_loop there;
    auto f = run_coroutine_threadsafe(
        there.loop(),
        [](std::unique_ptr<int> p) -> coro<std::unique_ptr<int>> {
            ++*p;
            co_return p;
        },
        std::make_unique<int>(1));
    const std::unique_ptr<int> back = std::move(f).result();
    CHECK(*back == 2);
}

TEST_CASE("a loop that is closed first cancels the future, and a closed one refuses") {
    event_loop loop;
    const auto f = run_coroutine_threadsafe(loop, add, 1, 2);
    loop.close();
    CHECK(f.cancelled());
    CHECK_THROWS_AS(static_cast<void>(run_coroutine_threadsafe(loop, add, 1, 2)),
                    nurt::usage_error);
}

TEST_CASE("the loop's own thread cannot wait for what only it can do") {
    nurt::run([]() -> coro<> {
        const auto f = run_coroutine_threadsafe(event_loop::running(), add, 1, 2);
        CHECK_THROWS_AS(f.result(), nurt::usage_error);
        const int three = co_await wrap_future(f);
        CHECK(three == 3);
    }());
}

TEST_CASE("done callbacks run in the thread that ends it, or at once") {
    concurrent_future<int> f;
    int calls = 0;
    std::thread::id ran_in;
    f.add_done_callback([&] { ++calls, ran_in = std::this_thread::get_id(); });
    std::thread::id other;
    std::thread setter([&] {
        other = std::this_thread::get_id();
        f.set_result(1);
    });
    setter.join();
    CHECK(ran_in == other);
    f.add_done_callback([&] { ++calls; });
    CHECK(calls == 2);
    CHECK_THROWS_AS(f.set_result(2), nurt::invalid_state_error);
    CHECK_THROWS_AS(f.set_exception(nullptr), nurt::invalid_state_error);
}

// test_futures test_wrap_future
TEST_CASE("S28: wrap_future brings the result of another thread into a loop") {
    nurt::run([]() -> coro<> {
        concurrent_future<std::string> f;
        std::thread other([f] { f.set_result("yo"); });
        const std::string s = co_await wrap_future(f);
        other.join();
        CHECK(s == "yo");
        concurrent_future<> broken;
        broken.set_exception(std::make_exception_ptr(std::runtime_error("no")));
        std::string text;
        try {
            co_await wrap_future(broken);
        } catch (const std::runtime_error& e) {
            text = e.what();
        }
        CHECK(text == "no");
    }());
}

// test_futures test_wrap_future_cancel, test_wrap_future_cancel2
TEST_CASE("S28: cancelling either side cancels the other") {
    nurt_test::in_task([]() -> coro<> {
        concurrent_future<int> f;
        nurt::future<int> here = wrap_future(f);
        CHECK(here.cancel());
        CHECK(f.cancelled());
        concurrent_future<int> g;
        nurt::future<int> there = wrap_future(g);
        CHECK(g.cancel());
        co_await nurt::wait(std::vector(1, there));
        CHECK(there.cancelled());
        concurrent_future<int> late;
        {
            const auto dropped = wrap_future(late);
        }
        late.set_result(1);
        co_await nurt::sleep(nurt::duration::zero());
    });
}

// test_futures test_wrap_future_use_global_loop; _chain_future checks for a closed destination
TEST_CASE("S28: a loop that is gone is no trouble to whoever sets the result") {
    concurrent_future<int> f;
    std::vector<nurt::future<int>> kept;
    {
        event_loop loop;
        loop.call_soon([&] { kept.push_back(wrap_future(f)); });
        loop.run_once();
    }
    f.set_result(1);
    CHECK_FALSE(kept[0].done());
}

TEST_CASE("eight loops in eight threads are worlds of their own, and call each other") {
    constexpr int threads = 8, rounds = 40;
    std::vector<std::unique_ptr<other_loop>> loops;
    for (int i = 0; i < threads; ++i) loops.push_back(std::make_unique<other_loop>());
    const auto busy = [](event_loop& next) -> coro<int> {
        int sum = 0;
        nurt::queue<int> queue(2);
        nurt::lock guard;
        auto producer = nurt::create_task([&]() -> coro<> {
            for (int i = 0; i < rounds; ++i) {
                const auto held = co_await guard.acquire();
                co_await queue.put(i);
            }
        });
        for (int i = 0; i < rounds; ++i) {
            sum += co_await queue.get();
            const int one = co_await nurt::to_thread([] { return 1; });
            sum += one;
            sum += co_await wrap_future(run_coroutine_threadsafe(next, add, 1, 1));
        }
        co_await producer;
        co_return sum;
    };
    std::vector<concurrent_future<int>> results;
    for (std::size_t i = 0; i < threads; ++i) {
        results.push_back(run_coroutine_threadsafe(loops[i]->loop(), busy,
                                                   std::ref(loops[(i + 1) % threads]->loop())));
    }
    for (const auto& r : results) CHECK(r.result() == rounds * (rounds - 1) / 2 + 3 * rounds);
}

TEST_CASE("futures that are cancelled at every moment end on both sides") {
    other_loop there;
    for (int i = 0; i < 500; ++i) {
        const auto f = run_coroutine_threadsafe(there.loop(), add, i, 1);
        for (int spin = 0; spin < i % 50; ++spin) std::this_thread::yield();
        if (!f.cancel()) CHECK(f.result() == i + 1);
    }
}

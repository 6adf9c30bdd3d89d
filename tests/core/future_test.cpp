// SPDX-License-Identifier: MIT
// tests/core/future_test.cpp: results that somebody will set.
//
// The numbers count asyncio's rules as nurt keeps them, retold from CPython's test_futures.
#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/error.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::create_task;
using nurt::future;
using nurt::invalid_state_error;
using nurt::task;
using nurt_test::in_task;
using nurt_test::world;

namespace {

coro<> yield() {
    co_await nurt::sleep(nurt::duration::zero());
}

}  // namespace

TEST_CASE("no exception at all is refused as one") {
    future<int> f;
    CHECK_THROWS_AS(f.set_exception(nullptr), nurt::usage_error);
    CHECK_FALSE(f.done());
}

TEST_CASE("an error that is a cancelled_error does not make the future a cancelled one") {
    future<> f;
    f.set_exception(std::make_exception_ptr(nurt::cancelled_error()));
    CHECK_FALSE(f.cancelled());
    CHECK_THROWS_AS(f.result(), nurt::cancelled_error);
}

TEST_CASE("everybody who awaits a future gets its value, in the order in which they came") {
    std::string log;
    in_task([&]() -> coro<> {
        future<int> f;
        auto wait = [&log](future<int> mine, char name) -> coro<> {
            const int& n = co_await mine;
            log += name + std::to_string(n);
        };
        const task<> a = create_task(wait, f, 'a');
        const task<> b = create_task(wait, f, 'b');
        co_await yield();
        f.set_result(1);
        co_await a;
        co_await b;
    });
    CHECK(log == "a1b1");
}

TEST_CASE("awaiting an rvalue future moves the value out") {
    in_task([]() -> coro<> {
        future<std::unique_ptr<int>> f;
        const future<std::unique_ptr<int>> same = f;
        f.set_result(std::make_unique<int>(3));
        const std::unique_ptr<int> p = co_await std::move(f);
        CHECK(*p == 3);
        CHECK_THROWS_AS(same.result(), invalid_state_error);
    });
}

TEST_CASE("futures of references and of nothing") {
    in_task([]() -> coro<> {
        int n = 1;
        future<int&> r;
        r.set_result(n);
        CHECK(&r.result() == &n);
        future<> v;
        v.set_result();
        co_await v;
        co_await r;
    });
}

TEST_CASE("callbacks of a future that nobody settles are destroyed with it") {
    auto held = std::make_shared<int>(0);
    in_task([&]() -> coro<> {
        future<> f;
        f.add_done_callback([held] { ++*held; });
        f.add_done_callback([held] { ++*held; });
        co_await yield();
    });
    CHECK(*held == 0);
    CHECK(held.use_count() == 1);
}

// The usual way to match answers to requests: settle the entry and erase it.
TEST_CASE("whoever settles a future may drop it before the waiter has run") {
    in_task([]() -> coro<> {
        std::map<int, future<std::string>> pending;
        pending.emplace(7, future<std::string>());
        auto answer = [](std::map<int, future<std::string>>& all) -> coro<> {
            all.at(7).set_result("a text that is too long to be kept inside of the object");
            all.erase(7);
            co_return;
        };
        const task<> t = create_task(answer, std::ref(pending));
        const std::string s = co_await pending.at(7);
        CHECK(s.size() > 40);
        co_await t;
    });
}

TEST_CASE("a cancelled waiter of a dropped future is told so") {
    in_task([]() -> coro<> {
        auto slot = std::make_unique<future<int>>();
        auto wait = [](future<int>& f) -> coro<int> {
            const int n = co_await f;
            co_return n;
        };
        const task<int> t = create_task(wait, std::ref(*slot));
        co_await yield();
        slot.reset();
        t.cancel();
        co_await yield();
        co_await yield();
        CHECK(t.cancelled());
    });
}

TEST_CASE("a result whose making throws leaves the future pending") {
    struct picky {
        explicit(false) picky(int n) {
            if (n < 0) throw std::runtime_error("negative");
        }
    };
    future<picky> f;
    CHECK_THROWS_WITH(f.set_result(-1), "negative");
    CHECK_FALSE(f.done());
    f.set_result(1);
    CHECK(f.done());
}

TEST_CASE("a future settled while its loop does not run wakes its waiter in the next run") {
    world w;
    future<int> f;
    int got = 0;
    w.run([&]() -> coro<> {
        create_task([&]() -> coro<> { got = co_await f; }).detach();
        co_await yield();
    });
    f.set_result(5);
    w.run([]() -> coro<> { co_await yield(); });
    CHECK(got == 5);
}

TEST_CASE("a future knows its loop") {
    in_task([]() -> coro<> {
        const nurt::future<> f;
        CHECK(&f.loop() == &nurt::event_loop::running());
        co_return;
    });
}

// SPDX-License-Identifier: MIT
// tests/threads/to_thread_test.cpp: blocking work, in virtual time.
//
// The simulated executor runs work on the loop's thread a little later, so these tests repeat exactly;
// real_threads_test.cpp has real ones. CPython's tests that are retold stand beside the sentences.
#include "nurt/threads/to_thread.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/sync/capacity_limiter.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::to_thread;
using nurt_test::in_task;

namespace {

int add(int a, int b) {
    return a + b;
}

}  // namespace

TEST_CASE("to_thread moves what can only be moved, in and out") {
    in_task([]() -> coro<> {
        auto box = std::make_unique<int>(20);
        const auto back = co_await to_thread(
            [](std::unique_ptr<int> b) {
                *b += 1;
                return b;
            },
            std::move(box));
        CHECK(*back == 21);
    });
}

TEST_CASE("to_thread shares what std::ref names, and gives references back") {
    in_task([]() -> coro<> {
        std::string text = "a";
        std::string& same = co_await to_thread(
            [](std::string& s) -> std::string& {
                s += 'b';
                return s;
            },
            std::ref(text));
        CHECK(&same == &text);
        CHECK(text == "ab");
    });
}

TEST_CASE("to_thread takes time, and others run meanwhile") {
    in_task([]() -> coro<> {
        const nurt_test::stopwatch clock;
        bool other_ran = false;
        auto other = nurt::create_task([&]() -> coro<> {
            other_ran = true;
            co_return;
        });
        co_await to_thread([] {});
        CHECK(other_ran);
        CHECK(clock.seconds() > 0);
        co_await other;
    });
}

TEST_CASE("the same seed gives the same delays, and another one others") {
    const auto delay = [](std::uint64_t seed) {
        nurt_test::world w(seed);
        return w.run([]() -> coro<double> {
            const nurt_test::stopwatch clock;
            co_await to_thread([] {});
            co_return clock.seconds();
        });
    };
    CHECK(delay(1) == delay(1));
    CHECK(delay(1) != delay(2));
}

TEST_CASE("the function sees no loop and no task") {
    in_task([]() -> coro<> {
        const bool alone =
            co_await to_thread([] { return nurt::event_loop::running_or_null() == nullptr; });
        CHECK(alone);
        CHECK(nurt::current_task());
    });
}

// test_threads test_to_thread_contextvars
TEST_CASE("S147: the function runs in a copy of the caller's context") {
    in_task([]() -> coro<> {
        static const nurt::context_var<int> number("number", 0);
        number.set(5);
        const int seen = co_await to_thread([] {
            const int before = number.get();
            number.set(6);
            return before;
        });
        CHECK(seen == 5);
        CHECK(number.get() == 5);
        const int abandoned =
            co_await to_thread(nurt::abandon_on_cancel, [] { return number.get(); });
        CHECK(abandoned == 5);
    });
}

TEST_CASE("to_thread can be gathered, as in Python") {
    in_task([]() -> coro<> {
        const auto [a, b] = co_await nurt::gather(to_thread(add, 1, 2), to_thread(add, 3, 4));
        CHECK(a == 3);
        CHECK(b == 7);
    });
}

TEST_CASE("a timeout withdraws work that has not begun") {
    in_task([]() -> coro<> {
        bool late = false;
        try {
            co_await nurt::wait_for(to_thread([] {}), nurt::nanoseconds(1));
        } catch (const nurt::timeout_error&) {
            late = true;
        }
        CHECK(late);
    });
}

TEST_CASE("a function whose first parameter is a stop_token gets one, before its arguments") {
    in_task([]() -> coro<> {
        const bool stoppable = co_await to_thread(
            [](std::stop_token stop, int n) { return stop.stop_possible() && n == 3; }, 3);
        CHECK(stoppable);
        const bool abandoned =
            co_await to_thread(nurt::abandon_on_cancel,
                               [](const std::stop_token& stop) { return stop.stop_possible(); });
        CHECK(abandoned);
    });
}

TEST_CASE("abandon_on_cancel gives results and errors as the other does") {
    in_task([]() -> coro<> {
        const std::string s = co_await to_thread(
            nurt::abandon_on_cancel, [](std::string a) { return a + "!"; }, std::string("hey"));
        CHECK(s == "hey!");
        std::string text;
        try {
            co_await to_thread(nurt::abandon_on_cancel, [] { throw std::runtime_error("no"); });
        } catch (const std::runtime_error& e) {
            text = e.what();
        }
        CHECK(text == "no");
    });
}

TEST_CASE("abandoned work that has not begun is withdrawn as well") {
    in_task([]() -> coro<> {
        bool ran = false;
        auto t = nurt::create_task(
            [&]() -> coro<> { co_await to_thread(nurt::abandon_on_cancel, [&] { ran = true; }); });
        co_await nurt::sleep(nurt::duration::zero());
        t.cancel();
        co_await nurt::wait(std::vector(1, t));
        co_await nurt::sleep(nurt::seconds(1));
        CHECK(t.cancelled());
        CHECK_FALSE(ran);
        CHECK(nurt::event_loop::running().outside_work() == 0);
    });
}

TEST_CASE("to_thread with a limiter holds a token while the thread works") {
    in_task([]() -> coro<> {
        nurt::capacity_limiter limiter(1);
        auto a = nurt::create_task(to_thread(limiter, add, 1, 1));
        auto b = nurt::create_task(to_thread(limiter, add, 2, 2));
        co_await nurt::sleep(nurt::duration::zero());
        CHECK(limiter.borrowed_tokens() == 1);
        CHECK(limiter.statistics().tasks_waiting == 1);
        co_await a;
        co_await b;
        CHECK(limiter.borrowed_tokens() == 0);
        nurt::semaphore permits(2);
        const int five = co_await to_thread(permits, add, 2, 3);
        CHECK(five == 5);
    });
}

TEST_CASE("an executor that takes no work makes to_thread throw") {
    struct closed_executor final : nurt::executor {
        void post(job&) override { throw nurt::usage_error("closed"); }
    };
    in_task([]() -> coro<> {
        nurt::event_loop::running().parts().executor = std::make_unique<closed_executor>();
        int refused = 0;
        try {
            co_await to_thread([] {});
        } catch (const nurt::usage_error&) {
            ++refused;
        }
        try {
            co_await to_thread(nurt::abandon_on_cancel, [] {});
        } catch (const nurt::usage_error&) {
            ++refused;
        }
        CHECK(refused == 2);
    });
}

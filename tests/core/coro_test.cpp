// SPDX-License-Identifier: MIT
// tests/core/coro_test.cpp: coroutines awaited in place: lazy, owned, awaited once.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/core/sleep.hpp"
#include "tests/support/world.hpp"

using namespace std::string_literals;
using nurt::coro;
using nurt_test::in_task;

namespace {

// Writes its name into a log when it dies.
class tomb {
public:
    tomb(std::string& log, char name) : log_(&log), name_(name) {}
    tomb(tomb&& other) noexcept : log_(std::exchange(other.log_, nullptr)), name_(other.name_) {}
    tomb& operator=(tomb&&) = delete;
    ~tomb() {
        if (log_ != nullptr) *log_ += name_;
    }

private:
    std::string* log_;
    char name_;
};

coro<> append(std::string& log, char c) {
    log += c;
    co_return;
}

coro<int> number(int n) {
    co_return n;
}

coro<std::unique_ptr<int>> box(int n) {
    co_return std::make_unique<int>(n);
}

coro<int&> refer(int& n) {
    co_return n;
}

coro<int> fail(const char* why) {
    throw std::runtime_error(why);
    co_return 0;
}

coro<int> buried(std::string& log, tomb) {
    const tomb local(log, 'l');
    co_await nurt::sleep(nurt::duration::zero());
    co_return 7;
}

coro<> fail_after_locals(std::string& log, tomb) {
    const tomb local(log, 'l');
    co_await nurt::sleep(nurt::duration::zero());
    throw std::runtime_error("x");
}

coro<int> deep(int levels) {
    if (levels == 0) co_return 0;
    const int below = co_await deep(levels - 1);
    co_return below + 1;
}

}  // namespace

TEST_CASE("calling an async function runs nothing; awaiting it runs it in place") {
    std::string log;
    in_task([&]() -> coro<> {
        coro<> lazy = append(log, 'a');
        log += 'b';
        co_await std::move(lazy);
        log += 'c';
    });
    CHECK(log == "bac");
}

TEST_CASE("a coroutine that is dropped unstarted destroys its arguments and runs nothing") {
    std::string log;
    {
        coro<int> never = buried(log, tomb(log, 'p'));
        CHECK(never);
    }
    CHECK(log == "p");
}

TEST_CASE("a moved-from coroutine is empty, and assignment destroys what was there") {
    std::string log;
    coro<int> a = buried(log, tomb(log, '1'));
    coro<int> b = buried(log, tomb(log, '2'));
    a = std::move(b);
    b = number(1);
    CHECK(log == "1");
    coro<int> c = std::move(a);
    CHECK(c);
    CHECK_FALSE(a);
}

TEST_CASE("awaiting a coroutine a second time is an error") {
    in_task([]() -> coro<> {
        coro<int> once = number(1);
        const int first = co_await std::move(once);
        CHECK(first == 1);
        std::string what;
        try {
            co_await std::move(once);
        } catch (const nurt::usage_error& e) {
            what = e.what();
        }
        CHECK(what == "cannot reuse an already awaited coroutine");
    });
}

TEST_CASE("results come by value, move-only, by reference, or not at all") {
    int target = 1;
    in_task([&]() -> coro<> {
        const int n = co_await number(5);
        CHECK(n == 5);
        const std::unique_ptr<int> p = co_await box(6);
        CHECK(*p == 6);
        int& r = co_await refer(target);
        r = 9;
        std::string log;
        co_await append(log, 'x');
        CHECK(log == "x");
    });
    CHECK(target == 9);
}

TEST_CASE("an exception arrives at the await, through every level") {
    in_task([]() -> coro<> {
        std::string what;
        try {
            const int n = co_await fail("boom");
            CHECK(n == 0);
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "boom");
    });
}

TEST_CASE("locals, then parameters of a coroutine are gone before its awaiter runs") {
    std::string log;
    in_task([&]() -> coro<> {
        const int n = co_await buried(log, tomb(log, 'p'));
        log += 'r';
        CHECK(n == 7);
    });
    CHECK(log == "lpr");
}

TEST_CASE("they are gone before the awaiter sees the exception too") {
    std::string log;
    in_task([&]() -> coro<> {
        try {
            co_await fail_after_locals(log, tomb(log, 'p'));
        } catch (const std::runtime_error&) {
            log += 'r';
        }
    });
    CHECK(log == "lpr");
}

// Where symmetric transfer is no tail call, this loop would overflow the stack.
TEST_CASE("two million awaits of a ready coroutine need no stack") {
    const long sum = in_task([]() -> coro<long> {
        long total = 0;
        for (int i = 0; i < 2'000'000; ++i) total += co_await number(1);
        co_return total;
    });
    CHECK(sum == 2'000'000);
}

TEST_CASE("a million awaits that throw need no stack") {
    const int caught = in_task([]() -> coro<int> {
        int count = 0;
        for (int i = 0; i < 20'000; ++i) {
            try {
                count -= co_await fail("x");
            } catch (const std::runtime_error&) {
                ++count;
            }
        }
        co_return count;
    });
    CHECK(caught == 20'000);
}

TEST_CASE("a chain of a hundred thousand coroutines unwinds without stack") {
    const int levels = in_task([]() -> coro<int> {
        const int n = co_await deep(100'000);
        co_return n;
    });
    CHECK(levels == 100'000);
}

TEST_CASE("awaiting a coroutine costs no turn") {
    in_task([]() -> coro<> {
        const nurt_test::loop_probe probe;
        const int n = co_await number(3);
        const int m = co_await deep(10);
        CHECK(n + m == 13);
        CHECK(probe.turns() == 0);
    });
}

TEST_CASE("a result whose move throws arrives as that exception") {
    struct fragile {
        fragile() = default;
        fragile(fragile&& other) : armed(other.armed) {
            if (armed) throw std::runtime_error("fragile");
        }
        bool armed = false;
    };
    in_task([]() -> coro<> {
        auto make = []() -> coro<fragile> {
            fragile f;
            f.armed = true;
            co_return std::move(f);
        };
        std::string what;
        try {
            [[maybe_unused]] const fragile f = co_await make();
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "fragile");
    });
}

TEST_CASE("a lambda with captures may be awaited at once") {
    in_task([]() -> coro<> {
        int n = 1;
        auto add = [&n](int by) -> coro<int> { co_return n += by; };
        const int sum = co_await add(4);
        CHECK(sum == 5);
    });
}

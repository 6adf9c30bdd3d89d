// SPDX-License-Identifier: MIT
// tests/parity/generator_test.cpp: the rules of generators, one test for each.
//
// The numbers count the rules of Python's generator protocol as nurt keeps it; CPython's tests for
// them are Lib/test/test_generators.py and test_pep380.py.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/generator.hpp"
#include "tests/support/parts/generator.hpp"

using nurt::from;
using nurt::generator;
using nurt::generator_exit;
using nurt::usage_error;

using namespace nurt_test::generator_parts;

namespace {

using maybe = std::optional<int>;

// The lecture's counter: a value that is sent replaces the count.
generator<int, maybe> settable_count_to(int last) {
    int counter = 1;
    while (counter <= last) {
        const maybe sent = co_yield counter;
        counter = sent ? *sent : counter + 1;
    }
}

generator<int, void, std::string> one_then(std::string answer) {
    co_yield 1;
    co_return answer;
}

// Yields what it is sent, starting with "".
generator<std::string, std::string> echo() {
    std::string said;
    for (;;) said = co_yield said;
}

generator<int> catches(std::vector<std::string>& log) {
    for (int i = 1;; ++i) {
        try {
            co_yield i;
        } catch (const std::runtime_error& e) {
            log.emplace_back(e.what());
        }
    }
}

// Swallows generator_exit once, by yielding again; the next time it ends.
generator<int> stubborn() {
    for (int i = 0; i < 2; ++i) {
        try {
            co_yield i;
        } catch (const generator_exit&) {
        }
    }
}

template <class G>
std::vector<int> rest(G& g) {
    std::vector<int> values;
    while (auto value = g.next()) values.push_back(*value);
    return values;
}

using strings = std::vector<std::string>;
using ints = std::vector<int>;

}  // namespace

TEST_CASE(
    "G1: next gives the values one after another, then nothing, and result the return value") {
    auto g = one_then("done");
    CHECK_THROWS_AS(g.result(), usage_error);
    CHECK(g.next() == 1);
    CHECK_FALSE(g.done());
    CHECK(g.next() == std::nullopt);
    CHECK(g.done());
    CHECK(g.result() == "done");
}

TEST_CASE("G1: next_or_throw throws stop_iteration with the return value at the end") {
    auto g = one_then("done");
    CHECK(g.next_or_throw() == 1);
    try {
        g.next_or_throw();
        FAIL("no stop_iteration");
    } catch (const nurt::stop_iteration<std::string>& stop) {
        CHECK(stop.value == "done");
    }
    try {
        g.next_or_throw();
        FAIL("no stop_iteration");
    } catch (const nurt::stop_iteration<std::string>& stop) {
        CHECK_FALSE(stop.value.has_value());
    }
}

TEST_CASE("G1: the body does not run before it is asked") {
    strings log;
    auto g = [](strings& l) -> generator<int> {
        l.push_back("runs");
        co_yield 1;
    }(log);
    CHECK(log.empty());
    g.next();
    CHECK(log == strings{"runs"});
}

TEST_CASE("G2: co_yield gives what send brought, and nothing after next") {
    auto g = settable_count_to(3);
    CHECK(g.next() == 1);
    CHECK(g.send(2) == 2);
    CHECK(g.next() == 3);
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("G2: next sends a default value if Send is not optional") {
    auto g = echo();
    CHECK(g.next() == "");
    CHECK(g.send("a") == "a");
    CHECK(g.next() == "");
}

TEST_CASE("G3: sending a value to a generator that has not started is an error, it stays usable") {
    auto g = settable_count_to(2);
    CHECK_THROWS_WITH_AS(g.send(2), "send a value to a generator that has not started",
                         usage_error);
    CHECK(g.send(std::nullopt) == 1);
    CHECK(g.next() == 2);
}

TEST_CASE("G4: after the end next and send give nothing, again and again") {
    auto g = settable_count_to(1);
    CHECK(g.next() == 1);
    CHECK(g.next() == std::nullopt);
    CHECK(g.next() == std::nullopt);
    CHECK(g.send(1) == std::nullopt);
}

TEST_CASE("G5: raise throws at the paused co_yield; what is handled leads to the next value") {
    strings log;
    auto g = catches(log);
    g.next();
    CHECK(g.raise(std::runtime_error("oops")) == 2);
    CHECK(log == strings{"oops"});
}

TEST_CASE("G5: a raised exception that the body lets pass reaches the caller and ends it") {
    strings log;
    auto g = catches(log);
    g.next();
    CHECK_THROWS_AS(g.raise(std::string("not handled")), std::string);
    CHECK(g.done());
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("G5: an exception of the body's own reaches the caller and ends it") {
    auto g = []() -> generator<int> {
        co_yield 1;
        throw std::out_of_range("own");
    }();
    g.next();
    CHECK_THROWS_AS(g.next(), std::out_of_range);
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("G6: raising in a generator that has not started ends it without running the body") {
    strings log;
    auto g = [](strings& l) -> generator<int> {
        l.push_back("runs");
        co_yield 1;
    }(log);
    CHECK_THROWS_WITH_AS(g.raise(std::runtime_error("early")), "early", std::runtime_error);
    CHECK(g.done());
    CHECK(g.next() == std::nullopt);
    CHECK(log.empty());
}

TEST_CASE("G7: raising in a generator that has ended throws to the caller") {
    auto g = count_to(0);
    g.next();
    CHECK_THROWS_WITH_AS(g.raise(std::runtime_error("late")), "late", std::runtime_error);
}

TEST_CASE("G8: close before the start ends the generator silently") {
    auto g = count_to(3);
    g.close();
    CHECK(g.done());
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("G8: close throws generator_exit at the co_yield, and letting it pass is fine") {
    strings log;
    auto g = [](strings& l) -> generator<int> {
        const mark m{l, "cleaned"};
        try {
            co_yield 1;
        } catch (const generator_exit&) {
            l.push_back("exit");
            throw;
        }
    }(log);
    g.next();
    g.close();
    CHECK(g.done());
    CHECK(log == strings{"exit", "cleaned"});
}

TEST_CASE("G8: close gives what the body returns on account of it, once") {
    auto g = []() -> generator<int, void, std::string> {
        try {
            co_yield 1;
        } catch (const generator_exit&) {
        }
        co_return "closed";
    }();
    g.next();
    CHECK(g.close() == "closed");
    CHECK(g.close() == std::nullopt);
}

TEST_CASE("G8: close gives nothing if the generator had ended before") {
    auto g = one_then("done");
    rest(g);
    CHECK(g.close() == std::nullopt);
    CHECK(g.result() == "done");
}

TEST_CASE("G8: another exception that closing provokes reaches the caller") {
    auto g = []() -> generator<int> {
        bool exited = false;
        try {
            co_yield 1;
        } catch (const generator_exit&) {
            exited = true;
        }
        if (exited) throw std::runtime_error("while closing");
    }();
    g.next();
    CHECK_THROWS_WITH_AS(g.close(), "while closing", std::runtime_error);
    CHECK(g.done());
}

TEST_CASE("G9: yielding when closed is an error, and the generator stays alive") {
    auto g = stubborn();
    CHECK(g.next() == 0);
    CHECK_THROWS_AS(g.close(), usage_error);
    CHECK_FALSE(g.done());
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("G10: stop_iteration must not leave the body") {
    auto g = []() -> generator<int> {
        auto inner = count_to(1);
        for (;;) co_yield inner.next_or_throw();
    }();
    CHECK(g.next() == 1);
    CHECK_THROWS_WITH_AS(g.next(), "generator raised stop_iteration: end its body with co_return",
                         usage_error);
    CHECK(g.done());
}

TEST_CASE("G11: a generator that is running cannot be asked") {
    generator<int>* self = nullptr;
    auto g = [](generator<int>*& me) -> generator<int> {
        co_yield 1;
        me->next();
    }(self);
    self = &g;
    CHECK(g.next() == 1);
    CHECK_THROWS_WITH_AS(g.next(), "generator already executing", usage_error);
}

TEST_CASE("G11: a delegate cannot be asked beside the one that delegates to it") {
    auto inner = count_to(3);
    auto outer = [](generator<int>& i) -> generator<int> { co_await i; }(inner);
    CHECK(outer.next() == 1);
    CHECK_THROWS_AS(inner.next(), usage_error);
    CHECK(outer.next() == 2);
}

TEST_CASE("G17: destroying a paused generator destroys the locals, no exception enters the body") {
    strings log;
    {
        auto g = [](strings& l) -> generator<int> {
            const mark m{l, "local"};
            try {
                co_yield 1;
            } catch (...) {
                l.push_back("exception");
                throw;
            }
        }(log);
        g.next();
    }
    CHECK(log == strings{"local"});
}

namespace {

template <class Promise, class T>
concept can_await = requires(Promise& p, T&& t) { p.await_transform(static_cast<T&&>(t)); };

using int_promise = generator<int>::promise_type;

}  // namespace

TEST_CASE("G18: only generators that yield and receive the same can be awaited") {
    CHECK(can_await<int_promise, generator<int>>);
    CHECK(can_await<int_promise, generator<int, void, std::string>&>);
    CHECK(can_await<int_promise, from<ints>>);
    CHECK_FALSE(can_await<int_promise, std::suspend_always>);
    CHECK_FALSE(can_await<int_promise, generator<std::string>>);
    CHECK_FALSE(can_await<int_promise, generator<int, int>>);
}

TEST_CASE("G19: a generator is an input range and a view, and moves only") {
    CHECK(std::ranges::input_range<generator<int>>);
    CHECK(std::ranges::view<generator<int>>);
    CHECK_FALSE(std::ranges::forward_range<generator<int>>);
    CHECK_FALSE(std::is_copy_constructible_v<generator<int>>);
    ints squares;
    for (const int i : count_to(9) | std::views::filter([](int v) { return v % 2 == 1; }) |
                           std::views::transform([](int v) { return v * v; })) {
        squares.push_back(i);
    }
    CHECK(squares == ints{1, 9, 25, 49, 81});
}

TEST_CASE("G19: a loop goes on where the last one stopped") {
    auto g = count_to(5);
    for (const int i : g) {
        if (i == 2) break;
    }
    CHECK(rest(g) == ints{3, 4, 5});
}

TEST_CASE("G19: a generator of references hands over the objects themselves") {
    ints numbers{1, 2, 3};
    auto each = [](ints& n) -> generator<int&> {
        for (int& i : n) co_yield i;
    };
    for (int& i : each(numbers)) i *= 10;
    CHECK(numbers == ints{10, 20, 30});
    auto g = each(numbers);
    CHECK(g.next() == &numbers[0]);
}

// SPDX-License-Identifier: MIT
// tests/parity/generator_delegation_test.cpp: rules 12 to 17 of generators, one handing over to another.
//
// The first rules and the helpers' meaning are in generator_test.cpp.
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/core/generator.hpp"

using nurt::from;
using nurt::generator;
using nurt::generator_exit;
using nurt::usage_error;

namespace {

using maybe = std::optional<int>;

generator<int> count_to(int last) {
    for (int i = 1; i <= last; ++i) co_yield i;
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

TEST_CASE("G12: co_await inner() yields inner's values and gives its return value") {
    auto g = []() -> generator<int, void, std::string> {
        const std::string answer = co_await one_then("inner");
        co_yield 2;
        co_return answer + " and outer";
    }();
    CHECK(rest(g) == ints{1, 2});
    CHECK(g.result() == "inner and outer");
}

TEST_CASE("G12: values that are sent go to the innermost generator") {
    auto g = []() -> generator<std::string, std::string> { co_await echo(); }();
    g.next();
    CHECK(g.send("a") == "a");
    CHECK(g.send("b") == "b");
}

TEST_CASE("G12: a generator that has been started is taken over where it is paused") {
    auto inner = count_to(4);
    inner.next();
    auto g = [](generator<int> i) -> generator<int> { co_await i; }(std::move(inner));
    CHECK(rest(g) == ints{2, 3, 4});
}

TEST_CASE("G12: delegating to a generator that has ended gives its result at once") {
    auto inner = one_then("was done");
    rest(inner);
    auto g = [](generator<int, void, std::string>& i) -> generator<int, void, std::string> {
        const std::string answer = co_await i;
        co_return answer;
    }(inner);
    CHECK(g.next() == std::nullopt);
    CHECK(g.result() == "was done");
}

TEST_CASE("G12: a step costs no stack, however deep the delegation is") {
    struct nest {
        static generator<int, void, int> levels(int depth) {
            if (depth == 0) {
                co_yield 1;
                co_yield 2;
                co_return 0;
            }
            const int below = co_await levels(depth - 1);
            co_return below + 1;
        }
    };
    auto g = nest::levels(100'000);
    CHECK(rest(g) == ints{1, 2});
    CHECK(g.result() == 100'000);
}

TEST_CASE("G13: what is raised goes to the delegate first, and its end lets the outer go on") {
    auto inner = []() -> generator<int, void, int> {
        bool raised = false;
        try {
            co_yield 1;
        } catch (const std::runtime_error&) {
            raised = true;
        }
        co_return raised ? 10 : 20;
    };
    auto g = [](auto make) -> generator<int> {
        const int value = co_await make();
        co_yield value;
    }(inner);
    g.next();
    CHECK(g.raise(std::runtime_error("x")) == 10);
}

TEST_CASE("G13: what the delegate lets pass is thrown at the outer co_await") {
    strings log;
    auto g = [](strings& l) -> generator<int> {
        try {
            co_await count_to(3);
        } catch (const std::runtime_error& e) {
            l.emplace_back(e.what());
        }
        co_yield 7;
    }(log);
    g.next();
    CHECK(g.raise(std::runtime_error("x")) == 7);
    CHECK(log == strings{"x"});
}

namespace {

generator<int> closes(strings& log, bool swallow) {
    bool exited = false;
    try {
        co_yield 1;
    } catch (const generator_exit&) {
        log.push_back("inner");
        exited = true;
    }
    if (exited && !swallow) throw generator_exit();
}

generator<int> delegates(strings& log, bool swallow) {
    try {
        co_await closes(log, swallow);
        log.push_back("outer went on");
    } catch (const generator_exit&) {
        log.push_back("outer");
        throw;
    }
}

}  // namespace

TEST_CASE("G14: close reaches the delegate first, then the outer generator") {
    strings log;
    auto g = delegates(log, false);
    g.next();
    g.close();
    CHECK(log == strings{"inner", "outer"});
}

TEST_CASE("G14: a delegate that swallows the exit does not spare the outer generator") {
    strings log;
    auto g = delegates(log, true);
    g.next();
    g.close();
    CHECK(log == strings{"inner", "outer"});
    CHECK(g.done());
}

TEST_CASE("G14: raising generator_exit closes the delegate as close does") {
    strings log;
    auto g = delegates(log, true);
    g.next();
    CHECK_THROWS_AS(g.raise(generator_exit()), generator_exit);
    CHECK(log == strings{"inner", "outer"});
}

TEST_CASE("G15: a delegate that ignores close is an error at the outer co_await") {
    strings log;
    auto g = [](strings& l) -> generator<int> {
        auto inner = stubborn();
        try {
            co_await inner;
        } catch (const usage_error&) {
            l.push_back("ignored");
            l.push_back(inner.done() ? "dead" : "alive");
        }
        co_await inner;
        l.push_back("ended");
    }(log);
    g.next();
    g.close();
    CHECK(g.done());
    CHECK(log == strings{"ignored", "alive", "ended"});
}

TEST_CASE("G16: co_await from(range) yields the elements of any range") {
    auto g = [](const ints& kept) -> generator<int> {
        co_await from(kept);
        co_await from(ints(2, 7));
        co_await from(count_to(2));
        co_await from(std::views::iota(8, 10));
    };
    const ints kept{1, 2};
    auto all = g(kept);
    CHECK(rest(all) == ints{1, 2, 7, 7, 1, 2, 8, 9});
}

TEST_CASE("G16: a value sent to a range is an error at the outer co_await") {
    auto g = []() -> generator<int, maybe> {
        maybe caught;
        try {
            co_await from(ints(2, 7));
        } catch (const usage_error&) {
            caught = 99;
        }
        const maybe sent = co_yield *caught;
        co_yield *sent;
    }();
    g.next();
    CHECK(g.send(5) == 99);
    CHECK(g.send(6) == 6);
}

TEST_CASE("G17: abandoning a deep delegation destroys every level, from the inside") {
    struct nest {
        static generator<int> levels(int depth, std::vector<int>& left) {
            struct at_exit {
                std::vector<int>& log;
                int at;
                ~at_exit() { log.push_back(at); }
            } const guard{left, depth};
            if (depth == 0)
                co_yield 0;
            else
                co_await levels(depth - 1, left);
        }
    };
    std::vector<int> left;
    {
        auto g = nest::levels(100'000, left);
        g.next();
    }
    CHECK(left.size() == 100'001);
    CHECK(std::is_sorted(left.begin(), left.end()));
}

TEST_CASE("G17: a delegate that belongs to somebody else survives and goes on") {
    auto middle = []() -> generator<int> { co_await count_to(3); }();
    {
        auto outer = [](generator<int>& g) -> generator<int> { co_await g; }(middle);
        CHECK(outer.next() == 1);
    }
    CHECK(rest(middle) == ints{2, 3});
}

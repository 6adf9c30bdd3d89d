// SPDX-License-Identifier: MIT
// tests/core/generator_test.cpp: the rules of generators, one test for each.
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

using namespace nurt_test::generator_parts;

namespace {

using strings = std::vector<std::string>;

}  // namespace

namespace {

template <class Promise, class T>
concept can_await = requires(Promise& p, T&& t) { p.await_transform(static_cast<T&&>(t)); };

}  // namespace

TEST_CASE("a temporary that is yielded is moved, what the body keeps is copied") {
    auto g = []() -> generator<std::string> {
        std::string kept = "kept";
        co_yield kept;
        co_yield kept + "!";
    }();
    std::string first = *g.next();
    CHECK(first == "kept");
    CHECK(*g.next() == "kept!");

    auto owners = []() -> generator<std::unique_ptr<int>> { co_yield std::make_unique<int>(7); }();
    CHECK(**owners.next() == 7);
}

TEST_CASE("a generator that was moved from has ended") {
    auto g = count_to(2);
    g.next();
    auto moved = std::move(g);
    CHECK(moved.next() == 2);
    CHECK(g.done());
    CHECK(g.next() == std::nullopt);
}

TEST_CASE("assigning to a paused generator destroys the old body") {
    strings log;
    auto make = [](strings& l, std::string name) -> generator<int> {
        const mark m{l, name};
        co_yield 1;
    };
    auto g = make(log, "old");
    g.next();
    g = make(log, "new");
    CHECK(log == strings{"old"});
    CHECK(g.next() == 1);
}

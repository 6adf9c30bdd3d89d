// SPDX-License-Identifier: MIT
// tests/core/async_generator_test.cpp: values with waits in between.
//
// The letters count the rules of Python's asynchronous generators as nurt keeps them.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/parts/async_generator.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::text_of;

using namespace nurt_test::async_generator_parts;

namespace {

async_generator<int> fails_after(int count) {
    for (int i = 1; i <= count; ++i) co_yield i;
    throw std::runtime_error("no");
}

async_generator<std::unique_ptr<int>> boxes() {
    co_yield std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    co_yield std::move(second);
}

async_generator<int&> cells(int& cell) {
    co_yield cell;
    co_yield cell;
}

async_generator<int> doubled(async_generator<int> source) {
    while (auto value = co_await source.next()) co_yield 2 * *value;
}

}  // namespace

TEST_CASE("an error of the body reaches who asked, and ends the generator") {
    in_task([]() -> coro<> {
        auto g = fails_after(1);
        CHECK(co_await next_of(g) == 1);
        const auto end = co_await as_result(next_of(g));
        CHECK(text_of(end.error()) == "no");
        CHECK(co_await next_of(g) == -1);
    });
}

TEST_CASE("values may be of a type that can only be moved, or references") {
    in_task([]() -> coro<> {
        auto g = boxes();
        const auto first = co_await g.next();
        const auto second = co_await g.next();
        CHECK(**first + **second == 3);
        int cell = 1;
        auto refs = cells(cell);
        int* at = co_await refs.next();
        CHECK(at == &cell);
        co_await refs.next();
        at = co_await refs.next();
        CHECK(at == nullptr);
    });
}

TEST_CASE("generators can be put over each other") {
    in_task([]() -> coro<> {
        const std::vector<int> all = co_await all_of(doubled(doubled(ticks(2))));
        CHECK(all == std::vector<int>{4, 8});
    });
}

TEST_CASE("a generator that was moved away has ended") {
    in_task([]() -> coro<> {
        auto g = numbers(2);
        auto other = std::move(g);
        CHECK(co_await next_of(g) == -1);
        co_await g.aclose();
        CHECK(co_await next_of(other) == 1);
    });
}

// SPDX-License-Identifier: MIT
// tests/core/async_generator_end_test.cpp: how asynchronous generators end.
//
// The letters count the rules of Python's asynchronous generators as nurt keeps them.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/parts/async_generator_end.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;
using nurt_test::text_of;
using nurt_test::world;

using namespace nurt_test::async_generator_end_parts;

TEST_CASE("athrow before the start ends the generator, after the end it throws again") {
    in_task([]() -> coro<> {
        bool destroyed = false;
        auto g = with_local(destroyed);
        auto raise = [&]() -> coro<> { co_await g.athrow(std::runtime_error("early")); };
        for (int i = 0; i < 2; ++i) {
            const auto end = co_await as_result(raise());
            CHECK(text_of(end.error()) == "early");
            CHECK(g.done());
        }
    });
}

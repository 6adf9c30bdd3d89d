// SPDX-License-Identifier: MIT
// tests/parity/misuse_test.cpp: what asyncio refuses, and what cannot even be written here.
//
// Retold from CPython's test_asyncio. Where Python refuses at run time what C++ refuses to compile, the
// test asks the compiler.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <type_traits>

#include "nurt/base/error.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/generator.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::in_task;

namespace {

template <class T>
concept can_be_set = requires(T t) { t.set_result(1); } ||
                     requires(T t, std::exception_ptr e) { t.set_exception(e); };

template <class Promise>
concept returns_values = requires(Promise& p) { p.return_value(1); };

template <class Promise>
concept yields_values = requires(Promise& p) { p.yield_value(1); };

coro<> hold(std::shared_ptr<int> what) {
    co_await sleep(seconds(static_cast<int>(what.use_count())));
}

}  // namespace

// test_futures test_stop_iteration_exception
TEST_CASE("S27: stop_iteration is no error for a future") {
    in_task([]() -> coro<> {
        future<int> f;
        CHECK_THROWS_AS(f.set_exception(std::make_exception_ptr(stop_iteration<>())), usage_error);
        CHECK_FALSE(f.done());
        f.set_result(1);
        co_return;
    });
}

// test_tasks test_task_set_methods
TEST_CASE("S34: nobody sets the result of a task, nor its error") {
    CHECK(can_be_set<future<int>>);
    CHECK_FALSE(can_be_set<task<int>>);
}

// test_tasks test__enter_task_failure
TEST_CASE("S37: no task runs inside of another one's step") {
    in_task([]() -> coro<> {
        bool other_ran = false;
        const task<> other = create_task(
            [](bool& ran) -> coro<> {
                ran = true;
                co_return;
            },
            std::ref(other_ran));
        CHECK_THROWS_AS(event_loop::running().run_once(), usage_error);
        CHECK_FALSE(other_ran);
        co_await other;
        CHECK(other_ran);
    });
}

// test_base_events test_create_task_error_closes_coro
TEST_CASE("S38: a task that cannot be made destroys its coroutine") {
    const auto argument = std::make_shared<int>(1);
    CHECK_THROWS_AS(create_task(hold(argument)).detach(), usage_error);
    CHECK(argument.use_count() == 1);
}

// test_asyncgens: a return with a value is a SyntaxError
TEST_CASE("A3: an asynchronous generator returns no value") {
    CHECK_FALSE(returns_values<async_generator<int>::promise_type>);
    CHECK(returns_values<generator<int, void, int>::promise_type>);
}

// PEP 789
TEST_CASE("A10: the body of a scope cannot yield, and so cancel its consumer (D9)") {
    CHECK_FALSE(yields_values<coro<>::promise_type>);
    CHECK_FALSE(yields_values<coro<int>::promise_type>);
    CHECK(yields_values<async_generator<int>::promise_type>);
}

// SPDX-License-Identifier: MIT
// tests/traps/library.cpp: what the library does so that its users do not meet the traps.
//
// The headers' part of the library is compiled here at -O0 and at -O2, and linked with whatever made the
// rest. What has to fail at compile time is in refused/.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>

#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "tests/traps/tracked.hpp"

namespace {

using nurt::coro;
using traps::tracked;
using traps::watch;

// Options may stand in braces beside co_await only if nothing in them has to be destroyed.
template <class T>
constexpr bool fit_for_braces = !std::is_aggregate_v<T> || std::is_trivially_destructible_v<T>;
static_assert(fit_for_braces<nurt::run_options>);

// Awaiters are pinned, or a compiler that copies one would leave links to the original behind.
template <class T>
constexpr bool pinned = !std::is_copy_constructible_v<T> && !std::is_move_constructible_v<T>;
static_assert(pinned<decltype(nurt::sleep(nurt::seconds(1)))>);
static_assert(pinned<decltype(nurt::sleep(nurt::seconds(1), std::string()))>);
static_assert(pinned<decltype(nurt::wait_for(std::declval<coro<>>(), nurt::seconds(1)))>);
static_assert(pinned<decltype(std::declval<const nurt::future<int>&>().operator co_await())>);
static_assert(pinned<decltype(std::declval<const nurt::task<int>&>().operator co_await())>);

coro<int> one() {
    co_return 1;
}

coro<int> add_up(int times) {
    int sum = 0;
    for (int i = 0; i < times; ++i) sum += co_await one();
    co_return sum;
}

coro<int> value_of(tracked t) {
    co_await nurt::sleep(nurt::duration());
    co_return t.value();
}

// Starts the task and lets everything that it was made from die before its first step.
nurt::task<int> start_and_leave() {
    const tracked argument(20);
    auto closure = [captured = tracked(1)](tracked given) -> coro<int> {
        co_await nurt::sleep(nurt::duration());
        co_return captured.value() + given.value();
    };
    return nurt::create_task(closure, argument);
}

coro<int> outlived() {
    const nurt::task<int> t = start_and_leave();
    co_return co_await t;
}

coro<> refused() {
    const int n = 1;
    auto lambda = [n]() -> coro<int> { co_return n; };
    nurt::create_task(lambda()).detach();
    co_return;
}

coro<int> bodies() {
    tracked outside(1);
    auto owning = [inside = tracked(2), &outside]() -> coro<int> {
        co_await nurt::sleep(nurt::duration());
        co_return inside.value() + outside.value();
    };
    auto borrowing = [&outside]() -> coro<> {
        co_await nurt::sleep(nurt::nanoseconds(outside.value()));
    };
    const int in_time = co_await nurt::timeout(nurt::seconds(1), owning);
    const int cleaned = co_await nurt::finally(owning, borrowing);
    co_return in_time + cleaned;
}

coro<int> gathered() {
    const auto [a, b] = co_await nurt::gather(value_of(tracked(1)), value_of(tracked(2)));
    co_return a + b;
}

coro<std::unique_ptr<tracked>> moved_out() {
    co_await nurt::sleep(nurt::duration());
    co_return std::make_unique<tracked>(7);
}

coro<int> nested_results() {
    const auto first = co_await moved_out();
    auto task = nurt::create_task(moved_out());
    const auto second = co_await std::move(task);
    co_return first->value() + second->value();
}

}  // namespace

TEST_CASE("a million awaits of coroutines that are ready at once do not grow the stack") {
    CHECK(nurt::run(add_up(1'000'000)) == 1'000'000);
}

TEST_CASE("a task owns the function and the arguments that it was made from") {
    const watch w;
    CHECK(nurt::run(outlived()) == 21);
}

TEST_CASE("a task refuses a lambda that was called and has captures") {
    CHECK_THROWS_AS(nurt::run(refused()), nurt::usage_error);
}

TEST_CASE("a named closure as the body of a scope keeps what it owns until the end") {
    const watch w;
    CHECK(nurt::run(bodies()) == 6);
}

TEST_CASE("parameters of gathered coroutines die once") {
    const watch w;
    CHECK(nurt::run(gathered()) == 3);
}

TEST_CASE("results that can only be moved arrive whole") {
    const watch w;
    CHECK(nurt::run(nested_results()) == 14);
}

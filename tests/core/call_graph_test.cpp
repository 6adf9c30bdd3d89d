// SPDX-License-Identifier: MIT
// tests/core/call_graph_test.cpp: who waits for whom.
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "nurt/core/as_completed.hpp"
#include "nurt/core/call_graph.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/race.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/core/with.hpp"
#include "tests/support/world.hpp"

using nurt::call_graph;
using nurt::capture_call_graph;
using nurt::coro;
using nurt::create_task;
using nurt::future;
using nurt::sleep;
using nurt::task;
using nurt_test::in_task;
using namespace std::chrono_literals;

namespace {

coro<> inner() {
    co_await sleep(1s);
}

coro<> middle() {
    co_await inner();
}

// The names of all that await it, one way up: "child < waiter < main"; "*" is a future.
std::string way_up(const call_graph& graph) {
    std::string out = graph.is_task ? graph.name : "*";
    const call_graph* at = &graph;
    while (!at->awaited_by.empty()) {
        at = &at->awaited_by.front();
        out += " < " + (at->is_task ? at->name : "*");
    }
    return out;
}

// Starts `waiter(child)` as a task, and captures the child when everybody is suspended.
template <class Waiter>
std::string seen_through(Waiter waiter) {
    std::string out;
    in_task([&]() -> coro<> {
        const task<> child = create_task(middle(), "child");
        const task<> parent = create_task(waiter(child), "waiter");
        co_await sleep(0s);
        co_await sleep(0s);
        out = way_up(capture_call_graph(child));
        co_await parent;
        co_await child;
    });
    return out;
}

coro<> awaits(task<> child) {
    co_await child;
}
coro<> gathers(task<> child) {
    co_await nurt::gather(child);
}
coro<> shields(task<> child) {
    co_await nurt::shield(child);
}
coro<> waits(task<> child) {
    std::vector<task<>> all{child};
    co_await nurt::wait(all);
}
coro<> completes(task<> child) {
    std::vector<task<>> all{child};
    auto done = nurt::as_completed(all);
    while (auto next = co_await done.next()) {
    }
}
coro<> races(task<> child) {
    co_await nurt::race(child);
}
coro<> has_timeout(task<> child) {
    co_await nurt::timeout(5s, [&]() -> coro<> { co_await child; });
}

}  // namespace

// test_graph test_stack_tgroup, _gather, _shield, _timeout
TEST_CASE("S175 a call graph goes on through whatever awaits a task") {
    CHECK(seen_through(awaits) == "child < waiter");
    CHECK(seen_through(gathers) == "child < * < waiter");
    CHECK(seen_through(shields) == "child < * < waiter");
    CHECK(seen_through(waits) == "child < waiter");
    CHECK(seen_through(races) == "child < waiter");
    CHECK(seen_through(has_timeout) == "child < waiter");
    CHECK(seen_through(completes) == "child < waiter");
}

TEST_CASE("S175 the children of a group are awaited by its parent, once") {
    in_task([]() -> coro<> {
        const task<> parent = create_task([]() -> coro<> {
            co_await nurt::with(nurt::task_group(), [](nurt::task_group& g) -> coro<> {
                const task<> child = g.create_task(middle());
                child.set_name("child");
                const task<> looks = g.create_task(
                    [](task<> c) -> coro<> {
                        const call_graph graph = capture_call_graph(c);
                        CHECK(way_up(graph) == "child < parent < Task-1");
                        CHECK(graph.awaited_by.size() == 1);
                        co_return;
                    },
                    child);
                co_await child;
            });
        });
        parent.set_name("parent");
        co_await parent;
    });
}

TEST_CASE("a call stack has the awaits of a suspended task, innermost first") {
    in_task([]() -> coro<> {
        const task<> child = create_task(middle());
        co_await sleep(0s);
        const call_graph graph = capture_call_graph(child);
        REQUIRE(graph.call_stack.size() == 2);
        CHECK(std::string(graph.call_stack[0].function_name()).find("inner") != std::string::npos);
        CHECK(std::string(graph.call_stack[1].function_name()).find("middle") != std::string::npos);
        CHECK(capture_call_graph(child, {.depth = 1}).call_stack.size() == 1);
        CHECK(capture_call_graph(child, {.depth = 9}).call_stack.empty());
        CHECK(capture_call_graph(child, {.limit = 0}).call_stack.empty());
        CHECK(capture_call_graph(child, {.limit = 1}).call_stack[0].line() ==
              graph.call_stack[0].line());
        CHECK(capture_call_graph(child, {.limit = -1}).call_stack[0].line() ==
              graph.call_stack[1].line());
        co_await child;
    });
}

TEST_CASE("without an argument the running task is captured, with the place of the call") {
    in_task([]() -> coro<> {
        const task<> child = create_task([]() -> coro<> {
            const auto graph = capture_call_graph();
            const unsigned line = std::source_location::current().line() - 1;
            REQUIRE(graph.has_value());
            REQUIRE(graph->call_stack.size() == 1);
            CHECK(graph->call_stack[0].line() == line);
            CHECK(graph->awaited_by.size() == 1);
            co_return;
        });
        co_await child;
    });
}

TEST_CASE("outside of a task there is no call graph") {
    bool empty = false;
    in_task([&]() -> coro<> {
        nurt::event_loop::running().call_soon([&] {
            empty = !capture_call_graph().has_value() && nurt::format_call_graph().empty();
        });
        co_await sleep(0s);
    });
    CHECK(empty);
}

TEST_CASE("a future shows everybody who awaits it") {
    in_task([]() -> coro<> {
        future<> f;
        const task<> one = create_task([](future<> g) -> coro<> { co_await g; }, f);
        const task<> two = create_task([](future<> g) -> coro<> { co_await g; }, f);
        co_await sleep(0s);
        const call_graph graph = capture_call_graph(f);
        CHECK_FALSE(graph.is_task);
        REQUIRE(graph.awaited_by.size() == 2);
        CHECK(graph.awaited_by[0].id == &one.state());
        CHECK(graph.awaited_by[1].id == &two.state());
        f.set_result();
        co_await nurt::gather(one, two);
        CHECK(capture_call_graph(f).awaited_by.empty());
    });
}

// test_tools: cycles
TEST_CASE("S176 tasks that await each other are reported as a cycle, and not followed for ever") {
    in_task([]() -> coro<> {
        future<task<>> late;
        const auto shielding = [](future<task<>> f) -> coro<> {
            const task<> other = co_await f;
            co_await nurt::shield(other);  // which lets a cancellation break the circle
        };
        const task<> one = create_task(shielding, late);
        const task<> two = create_task(awaits(one), "two");
        one.set_name("one");
        late.set_result(two);
        co_await sleep(0s);
        co_await sleep(0s);
        const call_graph graph = capture_call_graph(one);
        CHECK(way_up(graph) == "one < two < * < one");
        const call_graph& again = graph.awaited_by.at(0).awaited_by.at(0).awaited_by.at(0);
        CHECK(again.cycle);
        CHECK(again.id == graph.id);
        CHECK(again.awaited_by.empty());
        CHECK(nurt::format_call_graph(one).find("a cycle, see above") != std::string::npos);
        one.cancel();
        co_await nurt::gather(nurt::return_exceptions, one, two);
    });
}

TEST_CASE("a call graph as text has a line for each fact") {
    in_task([]() -> coro<> {
        const task<> child = create_task(inner(), "child");
        const task<> parent = create_task(gathers(child), "parent");
        co_await sleep(0s);
        const std::string text = nurt::format_call_graph(child);
        CHECK(text.starts_with("* Task(name='child', id=0x"));
        CHECK(text.find("\n  + Call stack:\n  |   File '") != std::string::npos);
        CHECK(text.find("\n  + Awaited by:\n    * Future(id=0x") != std::string::npos);
        CHECK(text.find("\n      + Awaited by:\n        * Task(name='parent', id=0x") !=
              std::string::npos);
        co_await parent;
    });
}

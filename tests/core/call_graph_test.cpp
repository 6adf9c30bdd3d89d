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

coro<> gathers(task<> child) {
    co_await nurt::gather(child);
}

}  // namespace

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

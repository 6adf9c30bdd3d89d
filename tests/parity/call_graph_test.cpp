// SPDX-License-Identifier: MIT
// tests/parity/call_graph_test.cpp: who waits for whom.
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
TEST_CASE("S175: a call graph goes on through whatever awaits a task") {
    CHECK(seen_through(awaits) == "child < waiter");
    CHECK(seen_through(gathers) == "child < * < waiter");
    CHECK(seen_through(shields) == "child < * < waiter");
    CHECK(seen_through(waits) == "child < waiter");
    CHECK(seen_through(races) == "child < waiter");
    CHECK(seen_through(has_timeout) == "child < waiter");
    CHECK(seen_through(completes) == "child < waiter");
}

TEST_CASE("S175: the children of a group are awaited by its parent, once") {
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

// test_tools: cycles
TEST_CASE("S176: tasks that await each other are reported as a cycle, and not followed for ever") {
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

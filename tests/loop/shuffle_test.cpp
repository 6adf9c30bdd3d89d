// SPDX-License-Identifier: MIT
// tests/loop/shuffle_test.cpp: another order of what is ready, and what keeps its order.
#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>

#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/world.hpp"

using nurt::coro;
using nurt::create_task;
using nurt::duration;
using nurt::event;
using nurt::event_loop;
using nurt::semaphore;
using nurt::task;

namespace {

constexpr std::uint64_t seeds = 30;

auto yield() {
    return nurt::sleep(duration::zero());
}

coro<> after_two_steps(std::string& log, char name) {
    co_await yield();
    co_await yield();
    log += name;
}

coro<> three_sleepers(std::string& log) {
    co_await nurt::gather(after_two_steps(log, 'a'), after_two_steps(log, 'b'),
                          after_two_steps(log, 'c'));
}

coro<> waits_for(event& e, std::string& log, char name) {
    co_await e.wait();
    log += name;
}

coro<> one_event(std::string& log) {
    event e;
    const task<> a = create_task(waits_for(e, log, 'a'));
    const task<> b = create_task(waits_for(e, log, 'b'));
    co_await yield();
    e.set();
    co_await nurt::gather(a, b);
}

coro<> releases(semaphore& s) {
    co_await yield();
    s.release();
}

coro<> acquires(semaphore& s, std::string& log, char name) {
    auto permit = co_await s.acquire();
    permit.detach();
    log += name;
}

// Two waiters, woken in the same turn by two tasks.
coro<> one_semaphore(std::string& log) {
    semaphore s(0);
    const task<> a = create_task(acquires(s, log, 'a'));
    const task<> b = create_task(acquires(s, log, 'b'));
    const task<> c = create_task(releases(s));
    const task<> d = create_task(releases(s));
    co_await nurt::gather(a, b, c, d);
}

coro<> calls(std::string& log, char name) {
    co_await yield();
    log += name;
    event_loop::running().call_soon([&log, name] { log += name; });
}

// Two callbacks of the same turn, from two tasks.
coro<> two_callbacks(std::string& log) {
    const task<> a = create_task(calls(log, 'a'));
    const task<> b = create_task(calls(log, 'b'));
    co_await nurt::gather(a, b);
    co_await yield();
}

// What the program writes under this seed.
std::string under(std::uint64_t seed, coro<> (*program)(std::string&)) {
    std::string log;
    nurt_test::world w(0, {.handle_interrupt = false, .shuffle_seed = seed});
    w.run([&] { return program(log); });
    return log;
}

std::set<std::string> under_all(coro<> (*program)(std::string&)) {
    std::set<std::string> all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) all.insert(under(seed, program));
    return all;
}

}  // namespace

TEST_CASE("tasks that wake for different reasons run in any order") {
    CHECK(under_all(three_sleepers).size() == 6);
}

TEST_CASE("a seed gives the same order each time") {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CHECK(under(seed, three_sleepers) == under(seed, three_sleepers));
    }
}

TEST_CASE("tasks woken in one step keep their order under every seed") {
    CHECK(under_all(one_event) == std::set<std::string>{"ab"});
}

TEST_CASE("the waiters of one primitive keep their order under every seed") {
    CHECK(under_all(one_semaphore) == std::set<std::string>{"ab"});
}

TEST_CASE("callbacks that one step schedules keep their order under every seed") {
    std::set<std::string> all;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        std::string log;
        event_loop loop(nurt::sim::make_services());
        loop.set_shuffle_seed(seed);
        for (const char c : {'a', 'b', 'c'}) {
            loop.call_soon([&log, &loop, c] { loop.call_soon([&log, c] { log += c; }); });
        }
        loop.run_once();
        loop.run_once();
        all.insert(log);
    }
    CHECK(all == std::set<std::string>{"abc"});
}

TEST_CASE("callbacks of shuffled tasks come in the order of the calls") {
    CHECK(under_all(two_callbacks) == std::set<std::string>{"abab", "baba"});
}

TEST_CASE("without a seed the order is that of waking") {
    nurt_test::world w;
    w.runner.loop().set_shuffle_seed(7);
    w.runner.loop().set_shuffle_seed(0);
    std::string log;
    w.run([&] { return three_sleepers(log); });
    CHECK(log == "abc");
}

// SPDX-License-Identifier: MIT
// tests/parity/runs_test.cpp: run after run on one loop, and a loop made by hand.
//
// Retold from CPython's test_tasks and from the lecture that builds a loop out of generators.
#include <doctest/doctest.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/generator.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/world.hpp"

using namespace nurt;
using nurt_test::world;

namespace {

coro<> interrupted() {
    event_loop::running().call_soon([] { throw keyboard_interrupt(); });
    co_await sleep(seconds(1));
}

coro<int> later() {
    co_await sleep(seconds(2));
    co_return 7;
}

// A task of the loop by hand: yields the name of what it waits for, is sent what came of it.
using job = generator<std::string, std::string, std::string>;

job read_twice() {
    const std::string first = co_yield "one";
    const std::string second = co_yield "two";
    co_return first + second;
}

job read_and_recover() {
    std::string got;
    try {
        got = co_yield "fails";
    } catch (const std::runtime_error& e) {
        got = e.what();
    }
    const std::string rest = co_await read_twice();
    co_return got + " " + rest;
}

std::string answer(const std::string& question) {
    if (question == "fails") throw std::runtime_error("refused");
    return "<" + question + ">";
}

// Gives every job in turn the answer to its question, until all have ended.
std::vector<std::string> drive(std::vector<job> jobs) {
    std::vector<std::string> results(jobs.size());
    std::deque<std::pair<std::size_t, std::string>> waiting;
    for (std::size_t i = 0; i < jobs.size(); ++i) waiting.emplace_back(i, *jobs[i].next());
    while (!waiting.empty()) {
        const auto [number, question] = waiting.front();
        waiting.pop_front();
        std::optional<std::string> next;
        try {
            next = jobs[number].send(answer(question));
        } catch (const std::runtime_error&) {
            next = jobs[number].raise(std::current_exception());
        }
        if (next) {
            waiting.emplace_back(number, *next);
        } else {
            results[number] = jobs[number].result();
        }
    }
    return results;
}

}  // namespace

// test_tasks test_run_until_complete_loop_orphan_future_close_loop
TEST_CASE("S15: an interrupt that escapes from a run leaves the loop fit for the next one") {
    world w;
    CHECK_THROWS_AS(w.run(interrupted), keyboard_interrupt);
    const int value = w.run(later);  // the main that was interrupted ends meanwhile
    CHECK(value == 7);
}

TEST_CASE("G20: a loop made by hand drives generators by next, send and raise") {
    std::vector<job> jobs;
    jobs.push_back(read_twice());
    jobs.push_back(read_and_recover());
    const auto results = drive(std::move(jobs));
    CHECK(results[0] == "<one><two>");
    CHECK(results[1] == "refused <one><two>");
}

// SPDX-License-Identifier: MIT
// tests/loop/timers_test.cpp: deadlines, their order, and what a busy loop does to them.
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/timer_heap.hpp"
#include "nurt/sim/services.hpp"
#include "tests/support/support.hpp"

using nurt::duration;
using nurt::event_loop;
using nurt::instant;
using nurt::milliseconds;

namespace {

event_loop make_loop() {
    return event_loop(nurt::sim::make_services());
}

struct marker final : nurt::timer_node {
    void expire() noexcept override {}
    int id = 0;
    std::int64_t when = 0;
    bool in = false;
};

}  // namespace

TEST_CASE("a timer of the real clock never fires early") {
    event_loop loop;
    const instant due = loop.time() + nurt::microseconds(300);
    instant fired;
    int wakeups = 0;
    loop.call_at(due, [&] { fired = loop.time(); });
    for (; fired == instant(); ++wakeups) loop.run_once(nurt::seconds(5));
    CHECK(fired >= due);
    CHECK(wakeups <= 3);
}

TEST_CASE("a delay of zero or less runs in the next turn") {
    event_loop loop = make_loop();
    int ran = 0;
    loop.call_later(duration::zero(), [&] { ++ran; });
    loop.call_later(nurt::seconds(-5), [&] { ++ran; });
    loop.run_once();
    CHECK(ran == 2);
}

TEST_CASE("the longest delays there are neither fire nor overflow") {
    event_loop loop = make_loop();
    bool ran = false;
    nurt::handle forever = loop.call_later(duration::max(), [&] { ran = true; });
    loop.call_later(milliseconds(2147483648.0), [] {});
    const instant start = loop.time();
    loop.run_once(duration::max());
    CHECK(loop.time() - start == milliseconds(2147483648.0));
    CHECK_FALSE(ran);
    forever.cancel();
    CHECK(loop.timers().empty());
}

TEST_CASE("a busy ready queue does not keep timers from firing") {
    event_loop loop;
    bool fired = false;
    long spins = 0;
    loop.call_later(milliseconds(1), [&] { fired = true; });
    nurt::unique_function<void()> again;
    again = [&] {
        ++spins;
        if (!fired) loop.call_soon([&] { again(); });
    };
    loop.call_soon([&] { again(); });
    const instant limit = loop.time() + nurt::seconds(10);
    while (!fired && loop.time() < limit) loop.run_once();
    CHECK(fired);
}

TEST_CASE("timers that are always due do not keep the ready queue from running") {
    event_loop loop = make_loop();
    int timers = 0, turns = 0;
    nurt::unique_function<void()> tick, step;
    tick = [&] {
        ++timers;
        loop.call_later(duration::zero(), [&] { tick(); });
    };
    step = [&] {
        ++turns;
        loop.call_soon([&] { step(); });
    };
    loop.call_soon([&] { tick(); });
    loop.call_soon([&] { step(); });
    for (int i = 0; i < 50; ++i) loop.run_once();
    CHECK(turns == 50);
    CHECK(timers >= 25);
}

TEST_CASE("the heap gives the same order as a sorted list, whatever is added and removed") {
    std::mt19937_64 random(nurt_test::seed());
    nurt::timer_heap heap;
    std::vector<std::unique_ptr<marker>> all;
    for (int i = 0; i < 400; ++i) all.push_back(std::make_unique<marker>());
    std::vector<marker*> reference;
    const auto later = [](const marker* a, const marker* b) {
        return a->when != b->when ? a->when < b->when : a->id < b->id;
    };
    int next_id = 0;
    bool same = true;
    for (int step = 0; step < 50'000; ++step) {
        marker& m = *all[random() % all.size()];
        if (m.in && random() % 3 != 0) {
            heap.remove(m);
            std::erase(reference, &m);
            m.in = false;
        } else if (!m.in && random() % 3 != 0) {
            m.when = static_cast<std::int64_t>(random() % 50);
            m.id = next_id++;
            m.in = true;
            heap.add(m, instant::from(m.when));
            reference.insert(std::upper_bound(reference.begin(), reference.end(), &m, later), &m);
        } else if (!reference.empty()) {
            auto* popped = static_cast<marker*>(heap.pop());
            same = same && popped == reference.front();
            popped->in = false;
            reference.erase(reference.begin());
        }
        same = same && heap.size() == reference.size() &&
               (reference.empty() || heap.earliest() == instant::from(reference.front()->when));
    }
    CHECK(same);
    while (heap.pop() != nullptr) {
    }
}

TEST_CASE("the order of equal deadlines survives the overflow of its counter") {
    nurt::timer_heap heap;
    marker a, b, c;
    heap.add(c, instant::from(1), 2);
    heap.add(a, instant::from(1), UINT32_MAX - 1);
    heap.add(b, instant::from(1), 1);
    CHECK(heap.pop() == &a);
    CHECK(heap.pop() == &b);
    CHECK(heap.pop() == &c);
}

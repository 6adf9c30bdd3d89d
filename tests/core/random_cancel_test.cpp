// SPDX-License-Identifier: MIT
// tests/core/random_cancel_test.cpp: programs drawn from a seed, with cancellations at any moment.
//
// Whatever the shape of the program, three things hold: it ends (a hang is a deadlock of the simulation),
// every task has ended when it does, and nothing is left of it. NURT_TEST_SEED replays a failing seed alone.
#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/semaphore.hpp"
#include "tests/support/support.hpp"
#include "tests/support/world.hpp"

using namespace nurt;

namespace {

// What the parts of one random program share.
struct program {
    explicit program(std::uint64_t seed) : random(seed) {}

    unsigned below(unsigned n) { return static_cast<unsigned>(random() % n); }
    duration pause() { return milliseconds(below(20)); }

    std::mt19937_64 random;
    lock mutex;
    semaphore permits{2};
    event bell;
    std::vector<task<>> tasks;
    int inside = 0;        // tasks that hold the lock
    int overlaps = 0;      // moments at which there was more than one
    int open = 0;          // bodies that have begun and not ended
    unsigned budget = 60;  // parts that may still be made
};

struct counted {
    explicit counted(int& n) : n_(n) { ++n_; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --n_; }
    int& n_;
};

coro<> part(program& p, unsigned depth);

template <class Body>
coro<> limited(duration limit, Body& body) {  // the caller waits, so the reference is good
    co_await timeout(limit, body);
}

coro<> hold_lock(program& p) {
    const auto guard = co_await p.mutex.acquire();
    const counted holding(p.inside);
    if (p.inside > 1) ++p.overlaps;
    co_await sleep(p.pause());
}

coro<> hold_permit(program& p, unsigned depth) {
    const auto permit = co_await p.permits.acquire();
    if (depth > 4) {
        co_await sleep(p.pause());
    } else {
        co_await timeout(milliseconds(50), [&]() -> coro<> { co_await sleep(p.pause()); });
    }
}

coro<> in_time(program& p, unsigned depth) {
    auto body = [&]() -> coro<> { co_await part(p, depth + 1); };
    const result<> end = co_await as_result(limited(p.pause(), body));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> in_group(program& p, unsigned depth) {
    auto body = [&](task_group& group) -> coro<> {
        const unsigned count = p.below(4);
        for (unsigned i = 0; i < count; ++i) {
            p.tasks.push_back(group.create_task(part, std::ref(p), depth + 1));
        }
        if (p.below(4) == 0) group.cancel();
        co_await part(p, depth + 1);
    };
    const result<> end = co_await as_result(with(task_group(), body));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> in_gather(program& p, unsigned depth) {
    const result<std::tuple<std::monostate, std::monostate>> end =
        co_await as_result(gather(part(p, depth + 1), part(p, depth + 1)));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> with_cleanup(program& p, unsigned depth) {
    auto body = [&]() -> coro<> { co_await part(p, depth + 1); };
    auto cleanup = [&]() -> coro<> { co_await sleep(p.pause()); };
    co_await finally(body, cleanup, milliseconds(10));
}

coro<> await_somebody(program& p) {
    if (p.tasks.empty()) co_return;
    const task<> other = p.tasks[p.below(static_cast<unsigned>(p.tasks.size()))];
    // A limit, for the other one may wait for this one.
    auto body = [&]() -> coro<> {
        future<> told;
        other.add_done_callback([told]() mutable {
            if (!told.done()) told.set_result();
        });
        co_await told;
    };
    const result<> end = co_await as_result(limited(milliseconds(30), body));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> part(program& p, unsigned depth) {
    const counted running(p.open);
    if (p.budget == 0 || depth > 6) {
        co_await sleep(p.pause());
        co_return;
    }
    --p.budget;
    switch (p.below(12)) {
        case 0: co_await hold_lock(p); break;
        case 1: co_await hold_permit(p, depth); break;
        case 2: co_await in_time(p, depth); break;
        case 3:
        case 4: co_await in_group(p, depth); break;
        case 5: co_await in_gather(p, depth); break;
        case 6: co_await with_cleanup(p, depth); break;
        case 7: co_await await_somebody(p); break;
        case 8: throw std::runtime_error("drawn");
        case 9:
            p.bell.set();
            p.bell.clear();
            co_await sleep(duration::zero());
            break;
        case 10: p.tasks.push_back(create_task(part, std::ref(p), depth + 1)); break;
        default: co_await sleep(p.pause());
    }
}

coro<> canceller(program& p) {
    for (int i = 0; i < 30; ++i) {
        co_await sleep(milliseconds(p.below(5)));
        if (!p.tasks.empty()) {
            p.tasks[p.below(static_cast<unsigned>(p.tasks.size()))].cancel("drawn");
        }
    }
}

coro<> whole(program& p) {
    for (int i = 0; i < 3; ++i) p.tasks.push_back(create_task(part, std::ref(p), 0U));
    const task<> chance = create_task(canceller, std::ref(p));
    co_await chance;
    for (std::size_t i = 0; i < p.tasks.size(); ++i) {  // the list may grow meanwhile
        const task<> t = p.tasks[i];
        co_await as_result(t);
    }
}

std::string run_seed(std::uint64_t seed) {
    const std::int64_t frames = frame_pool::live();
    std::string trouble;
    {
        program p(seed);
        nurt_test::world w(seed);
        try {
            w.runner.run(whole(p));
            w.runner.close();
        } catch (...) {
            trouble += nurt_test::text_of(std::current_exception()) + "; ";
        }
        for (const task<>& t : p.tasks) {
            if (!t.done()) trouble += "a task has not ended; ";
        }
        if (p.open != 0) trouble += "a body has not ended; ";
        if (p.overlaps != 0) trouble += "two held the lock; ";
        if (p.mutex.locked()) trouble += "the lock is still held; ";
        if (p.permits.value() != 2) trouble += "a permit is lost; ";
    }
    if (frame_pool::live() != frames) trouble += "frames are left; ";
    return trouble;
}

}  // namespace

TEST_CASE("random programs with random cancellations end, and leave nothing") {
    if (std::getenv("NURT_TEST_SEED") != nullptr) {
        CHECK(run_seed(nurt_test::seed()) == "");
        return;
    }
    const std::uint64_t first = nurt_test::seed();
    for (std::uint64_t i = 0; i < 2000; ++i) {
        const std::string trouble = run_seed(first + i);
        if (!trouble.empty()) FAIL_CHECK("NURT_TEST_SEED=" << first + i << ": " << trouble);
    }
}

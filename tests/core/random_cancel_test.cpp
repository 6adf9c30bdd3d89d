// SPDX-License-Identifier: MIT
// tests/core/random_cancel_test.cpp: programs drawn from a seed, with cancellations at any moment.
//
// Whatever the shape of the program, these hold: it ends (a hang is a deadlock of the simulation); no task
// outlives its group; locks, permits and tokens are given back; every item that was accepted by a queue or a
// channel comes out once, or is still in there; who was asked to stop is stopped at the next await, at the
// latest; generators run their cleanup; nothing is left. NURT_TEST_SEED replays a failing seed alone, and
// NURT_RANDOM_PROGRAMS says how many are drawn.
#include <doctest/doctest.h>

#include <cstdlib>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/as_completed.hpp"
#include "nurt/core/async_generator.hpp"
#include "nurt/core/future.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/generator.hpp"
#include "nurt/core/move_on_after.hpp"
#include "nurt/core/on_exit.hpp"
#include "nurt/core/race.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/shield.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/core/with.hpp"
#include "nurt/sync/barrier.hpp"
#include "nurt/sync/capacity_limiter.hpp"
#include "nurt/sync/channel.hpp"
#include "nurt/sync/condition.hpp"
#include "nurt/sync/event.hpp"
#include "nurt/sync/lock.hpp"
#include "nurt/sync/queue.hpp"
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
    capacity_limiter limiter{2};
    condition changed;
    barrier meeting{2};
    event bell;
    queue<int> items{3};
    std::pair<send_channel<int>, receive_channel<int>> letters = open_channel<int>(1);
    std::vector<task<>> tasks;
    std::set<void*> owed;  // tasks with a request of which they have not heard
    std::set<int> given;   // items and letters that were accepted
    std::set<int> taken;   // and that came out
    int next_item = 0;
    int twice = 0;       // items that came out again
    int late = 0;        // cancellations that an await let pass
    int orphans = 0;     // tasks that outlived their group
    int inside = 0;      // tasks that hold the lock
    int overlaps = 0;    // moments at which there was more than one
    int open = 0;        // bodies that have begun and not ended
    int generators = 0;  // of these: generators
    int registered = 0;  // cleanups of on_exit
    int cleaned = 0;
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

// Every await of the programs that only passes time: a request that was there before it has to end it.
coro<> nap(program& p, duration time) {
    void* const me = current_task().base();
    const bool asked = p.owed.contains(me);
    try {
        co_await sleep(time);
    } catch (const cancelled_error&) {
        p.owed.erase(me);
        throw;
    }
    if (asked) ++p.late;
}

template <class Body>
coro<> limited(duration limit, Body& body) {  // the caller waits, so the reference is good
    co_await timeout(limit, body);
}

coro<> hold_lock(program& p) {
    const auto guard = co_await p.mutex.acquire();
    const counted holding(p.inside);
    if (p.inside > 1) ++p.overlaps;
    co_await nap(p, p.pause());
}

coro<> hold_permit(program& p, unsigned depth) {
    const auto permit = co_await p.permits.acquire();
    if (depth > 4) {
        co_await nap(p, p.pause());
    } else {
        co_await timeout(milliseconds(50), [&]() -> coro<> { co_await nap(p, p.pause()); });
    }
}

coro<> in_time(program& p, unsigned depth) {
    auto body = [&]() -> coro<> { co_await part(p, depth + 1); };
    const result<> end = co_await as_result(limited(p.pause(), body));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> in_group(program& p, unsigned depth) {
    std::vector<task<>> members;
    auto body = [&](task_group& group) -> coro<> {
        const unsigned count = p.below(4);
        for (unsigned i = 0; i < count; ++i) {
            members.push_back(group.create_task(part, std::ref(p), depth + 1));
            p.tasks.push_back(members.back());
        }
        if (p.below(4) == 0) group.cancel();
        co_await part(p, depth + 1);
    };
    const result<> end = co_await as_result(with(task_group(), body));
    for (const task<>& t : members) p.orphans += t.done() ? 0 : 1;
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

void take(program& p, std::optional<int> item) {
    if (item && !p.taken.insert(*item).second) ++p.twice;
}

coro<> use_queue(program& p) {
    if (p.below(2) == 0) {
        const int item = ++p.next_item;
        co_await p.items.put(item);
        p.given.insert(item);
    } else {
        const int item = co_await p.items.get();
        take(p, item);
    }
}

coro<> use_channel(program& p) {
    if (p.below(2) == 0) {
        const int letter = ++p.next_item;
        co_await p.letters.first.send(letter);
        p.given.insert(letter);
    } else {
        const std::optional<int> letter = co_await p.letters.second.receive();
        take(p, letter);
    }
}

coro<> use_condition(program& p) {
    const auto guard = co_await p.changed.acquire();
    if (p.below(2) == 0) {
        p.changed.notify(p.below(3));
    } else {
        co_await p.changed.wait();
    }
}

coro<> borrow(program& p) {
    const auto token = co_await p.limiter.acquire();
    co_await nap(p, p.pause());
}

// What may wait for ever has a limit.
coro<> exchange_something(program& p) {
    auto body = [&]() -> coro<> {
        switch (p.below(5)) {
            case 0: co_await use_queue(p); break;
            case 1: co_await use_channel(p); break;
            case 2: co_await use_condition(p); break;
            case 3: co_await borrow(p); break;
            default: co_await p.meeting.wait();
        }
    };
    const bool in_time = co_await move_on_after(milliseconds(p.below(40)), body);
    static_cast<void>(in_time);
}

generator<int> counting(program& p, int to) {
    const counted running(p.generators);
    for (int i = 0; i < to; ++i) co_yield i;
}

async_generator<int> ticking(program& p, int to) {
    const counted running(p.generators);
    for (int i = 0; i < to; ++i) {
        {
            const auto guard = co_await p.permits.acquire();  // held across a yield, it might never
            co_await nap(p, milliseconds(1));                 // come back while others wait
        }
        co_yield i;
    }
}

coro<> consume(program& p, unsigned depth) {
    for (const int i : counting(p, 3)) static_cast<void>(i);
    auto body = [&](async_generator<int>& source) -> coro<> {
        const unsigned count = p.below(6);
        for (unsigned i = 0; i < count; ++i) {
            const std::optional<int> tick = co_await source.next();
            if (!tick) co_return;
            co_await part(p, depth + 2);
        }
    };
    co_await aclosing(ticking(p, 4), body);
}

coro<> shielded(program& p, unsigned depth) {
    const task<> inner = create_task(part, std::ref(p), depth + 1);
    p.tasks.push_back(inner);
    auto body = [&]() -> coro<> { co_await shield(inner); };
    const result<> end = co_await as_result(limited(p.pause(), body));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> first_of(program& p, unsigned depth) {
    const auto end = co_await as_result(race(part(p, depth + 1), part(p, depth + 1)));
    if (end.cancelled()) std::rethrow_exception(end.error());
}

coro<> next_of(completions<task<>>& ends) {
    co_await ends.next();
}

coro<> wait_for_some(program& p, unsigned depth) {
    std::vector<task<>> some;
    for (unsigned i = p.below(3); i < 3; ++i) {
        some.push_back(create_task(part, std::ref(p), depth + 1));
        p.tasks.push_back(some.back());
    }
    if (p.below(2) == 0) {
        co_await wait(some, {.timeout = p.pause(), .return_when = return_when::first_completed});
        co_return;
    }
    auto ends = as_completed(some, p.pause());
    for (std::size_t i = 0; i < some.size(); ++i) {
        const result<> next = co_await as_result(next_of(ends));
        if (next.cancelled()) std::rethrow_exception(next.error());
    }
}

coro<> cleaned_up(program& p, unsigned depth) {
    auto cleanup = [](program& q) -> coro<> {
        co_await sleep(milliseconds(1));
        ++q.cleaned;
    };
    co_await on_exit(cleanup, std::ref(p));
    ++p.registered;
    co_await part(p, depth + 1);
}

coro<> refuse_to_stop(program& p) {
    try {
        co_await nap(p, p.pause());
    } catch (const cancelled_error&) {
        if (current_task().uncancel() != 0) throw;
    }
    co_await nap(p, p.pause());
}

coro<> part(program& p, unsigned depth) {
    const counted running(p.open);
    if (p.budget == 0 || depth > 6) {
        co_await nap(p, p.pause());
        co_return;
    }
    --p.budget;
    switch (p.below(24)) {
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
        case 11:
            p.tasks.push_back(create_task({.eager_start = true}, part, std::ref(p), depth + 1));
            break;
        case 12: co_await consume(p, depth); break;
        case 13: co_await shielded(p, depth); break;
        case 14: co_await first_of(p, depth); break;
        case 15: co_await wait_for_some(p, depth); break;
        case 16:
        case 17: co_await cleaned_up(p, depth); break;
        case 18: co_await refuse_to_stop(p); break;
        case 19:
        case 20:
        case 21:
        case 22: co_await exchange_something(p); break;
        default: co_await nap(p, p.pause());
    }
}

coro<> canceller(program& p) {
    for (int i = 0; i < 30; ++i) {
        co_await sleep(milliseconds(p.below(5)));
        if (!p.tasks.empty()) {
            const task<> victim = p.tasks[p.below(static_cast<unsigned>(p.tasks.size()))];
            if (victim.cancel("drawn")) p.owed.insert(&victim.state());
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

// What is still inside came in, and comes out once.
void empty_stores(program& p) {
    while (const auto item = p.items.try_get()) take(p, *item);
    while (const auto letter = p.letters.second.try_receive()) take(p, *letter);
}

std::string what_is_wrong(program& p) {
    std::string trouble;
    const auto check = [&](bool bad, const char* what) { trouble += bad ? what : ""; };
    for (const task<>& t : p.tasks) check(!t.done(), "a task has not ended; ");
    check(p.open != 0, "a body has not ended; ");
    check(p.generators != 0, "a generator has not ended; ");
    check(p.orphans != 0, "a task has outlived its group; ");
    check(p.overlaps != 0, "two held the lock; ");
    check(p.mutex.locked() || p.changed.locked(), "a lock is still held; ");
    check(p.permits.value() != 2, "a permit is lost; ");
    check(p.limiter.borrowed_tokens() != 0, "a token is lost; ");
    check(p.late != 0, "an await let a cancellation pass; ");
    check(p.registered != p.cleaned, "a cleanup did not run; ");
    check(p.twice != 0, "an item came out twice; ");
    check(p.given != p.taken, "an item is lost, or came from nowhere; ");
    return trouble;
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
        empty_stores(p);
        trouble += what_is_wrong(p);
    }
    if (frame_pool::live() != frames) trouble += "frames are left; ";
    return trouble;
}

}  // namespace

TEST_CASE("random programs with random cancellations end, and leave nothing") {
    const char* const wished = std::getenv("NURT_RANDOM_PROGRAMS");
    const bool replayed = std::getenv("NURT_TEST_SEED") != nullptr;
    const std::uint64_t count =
        wished != nullptr ? std::strtoull(wished, nullptr, 10) : (replayed ? 1 : 2000);
    const std::uint64_t first = nurt_test::seed();
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::string trouble = run_seed(first + i);
        if (!trouble.empty()) FAIL_CHECK("NURT_TEST_SEED=" << first + i << ": " << trouble);
    }
}
